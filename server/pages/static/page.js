// The page works without this: links open the clip at their moment, forms send what was pressed.
// It only jumps within the page, marks the moment that plays, and tells the server once that somebody looks.
"use strict";

const STAYED_MS = 10000;
const page = document.querySelector("main.incident");
const clip = document.getElementById("clip");
const moments = [...document.querySelectorAll("a[data-at]")];

let told = false;
function tell() {
  if (told) return;
  told = true;
  fetch(page.dataset.opened, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
}

// Somebody stays: the page has been in sight for a while. What lies in a tab behind others does not count.
let sightMs = 0;
const step = 500;
const watch = setInterval(() => {
  if (document.visibilityState === "visible") sightMs += step;
  if (sightMs >= STAYED_MS || told) {
    clearInterval(watch);
    tell();
  }
}, step);

function show(at) {
  clip.currentTime = Number.isFinite(clip.duration) ? Math.min(at, Math.max(0, clip.duration - 0.1)) : at;
  clip.play().catch(() => {});
}

function mark() {
  let now = null;
  for (const moment of moments) if (Number(moment.dataset.at) <= clip.currentTime + 0.05) now = moment;
  for (const moment of moments) {
    if (moment === now) moment.setAttribute("aria-current", "true");
    else moment.removeAttribute("aria-current");
  }
}

if (clip) {
  clip.addEventListener("playing", tell);
  clip.addEventListener("timeupdate", mark);
  clip.addEventListener("seeked", mark);
  clip.addEventListener("error", () => {
    document.getElementById("broken").hidden = false;
  });
  for (const moment of moments) {
    moment.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      show(Number(moment.dataset.at));
      clip.scrollIntoView({ block: "nearest" });
    });
  }
  const asked = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  if (asked) clip.addEventListener("loadedmetadata", () => { clip.currentTime = Number(asked[1]); }, { once: true });
}
