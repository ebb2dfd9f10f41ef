"""Saving: what nobody needs, what is left out when packets are late, hidden before shown, and no flapping."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.saving import NOTHING, Decoding, Need, Pictures, SavingRule, SavingState, Waiting, decide

RULE = SavingRule()
SHOWN = Need(shown=True, frames_per_s=25.0)
HIDDEN = Need(shown=False, frames_per_s=25.0)
ON_TIME = Waiting(0.0, key=False)


@pytest.mark.parametrize(
    ("need", "does"),
    [
        (SHOWN, Decoding(Pictures.ALL, deblocked=True)),
        (Need(shown=True, halved=True), Decoding(Pictures.ALL, deblocked=False)),
        (Need(shown=True, watched=False), Decoding(Pictures.ALL, deblocked=True)),
        (HIDDEN, Decoding(Pictures.REFERENCES, deblocked=True)),
        (Need(frames_per_s=10.0), Decoding(Pictures.ALL)),
        (Need(), Decoding(Pictures.ALL)),
        (Need(watched=False), NOTHING),
    ],
)
def test_no_more_is_decoded_than_is_needed(need: Need, does: Decoding) -> None:
    assert decide(RULE, SavingState(), need, ON_TIME, 0.0)[1] == does


@dataclass
class Stream:
    """A stream of 25 packets a second with a key frame every second, and a decoder that needs ``cost`` of its time.

    Attributes:
        decoded: media times that were decoded; lags: how late each packet was.
        told: whether it was saving, packet by packet.
    """

    need: Need
    now_s: float = 0.0
    media: int = 0
    state: SavingState = field(default_factory=SavingState)
    decoded: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)

    def run(self, seconds: float, cost: float) -> None:
        """Let it run; ``cost`` 1.0 is all the time there is."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            media_s = self.media / 25
            self.now_s = max(self.now_s, media_s)
            to_key = 1 - (self.media % 25) / 25
            waiting = Waiting(self.now_s - media_s, self.media % 25 == 0, to_key)
            self.state, decoding = decide(RULE, self.state, self.need, waiting, self.now_s)
            if decoding.pictures is not Pictures.NONE:
                self.decoded.append(media_s)
                self.now_s += cost / 25
            self.lags.append(waiting.lag_s)
            self.told.append(self.state.saving)
            self.media += 1

    @property
    def changes(self) -> int:
        """How often saving began or ended."""
        return sum(before != after for before, after in zip(self.told, self.told[1:], strict=False))


def test_a_stream_that_is_kept_up_with_loses_nothing() -> None:
    stream = Stream(SHOWN)
    stream.run(60, cost=0.9)
    assert len(stream.decoded) == stream.media
    assert not any(stream.told)


@pytest.mark.parametrize("cost", [1.2, 1.4, 2.0, 5.0])
def test_a_stream_that_is_not_kept_up_with_stays_live(cost: float) -> None:
    stream = Stream(SHOWN)
    stream.run(60, cost)
    assert stream.told[-1]
    assert max(stream.lags[250:]) < 2.0
    assert len(stream.decoded) >= 0.75 * stream.media / cost  # hardly any time is lost with waiting


def test_decoding_goes_on_at_a_key_frame_and_nowhere_else() -> None:
    stream = Stream(SHOWN)
    stream.run(30, cost=1.5)
    gaps = [b for a, b in zip(stream.decoded, stream.decoded[1:], strict=False) if b - a > 0.041]
    assert gaps
    assert all(round(at_s * 25) % 25 == 0 for at_s in gaps)


def test_a_hidden_camera_gives_way_before_one_that_is_shown() -> None:
    lags = [lag / 100 for lag in range(200)]

    def jumps(need: Need, lag_s: float) -> bool:
        return decide(RULE, SavingState(), need, Waiting(lag_s, key=False, to_key_s=0.1), 100.0)[1] == NOTHING

    assert min(lag for lag in lags if jumps(HIDDEN, lag)) < min(lag for lag in lags if jumps(SHOWN, lag))


def test_saving_ends_after_a_calm_time_that_doubles_when_it_did_not_last() -> None:
    stream = Stream(SHOWN)
    stream.run(20, cost=1.5)
    begun_s = stream.now_s
    stream.run(4, cost=0.5)
    assert stream.told[-1]
    stream.run(4, cost=0.5)
    assert not stream.told[-1]
    stream.run(5, cost=1.5)
    assert stream.told[-1]
    stream.run(8, cost=0.5)
    assert stream.told[-1], f"relapsed after {stream.now_s - begun_s:.0f} s, so ten seconds of calm are asked for"
    stream.run(6, cost=0.5)
    assert not stream.told[-1]


def test_a_load_at_the_border_does_not_flap() -> None:
    stream = Stream(SHOWN)
    for _ in range(100):
        stream.run(3, cost=1.3)
        stream.run(6, cost=0.6)
    assert stream.changes < 25


def test_nobody_is_told_while_everything_starts() -> None:
    stream = Stream(SHOWN)
    stream.run(4.5, cost=1.5)
    stream.run(10, cost=0.5)
    assert not any(stream.told)


def test_a_stream_that_never_sends_a_key_frame_goes_on() -> None:
    state, at_s, decoding = SavingState(), 0.0, NOTHING
    while at_s < 60:
        state, decoding = decide(RULE, state, SHOWN, Waiting(2.0 if at_s < 30 else 0.0, key=False), at_s)
        at_s += 0.04
    assert decoding != NOTHING


def test_what_nobody_needs_forgets_that_it_was_late() -> None:
    late = decide(RULE, SavingState(), SHOWN, Waiting(9.0, key=False), 50.0)[0]
    assert decide(RULE, late, Need(watched=False), ON_TIME, 51.0) == (SavingState(began_s=50.0), NOTHING)


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans(), st.booleans(), st.none() | st.floats(0, 10)), max_size=200))
def test_every_second_key_frame_at_least_is_decoded(packets: list[tuple[float, bool, bool, float | None]]) -> None:
    state, last_s, now_s = SavingState(), 0.0, 0.0
    for lag_s, key, shown, to_key_s in packets:
        state, decoding = decide(RULE, state, Need(shown=shown), Waiting(lag_s, key, to_key_s), now_s)
        if decoding.pictures is not Pictures.NONE:
            last_s = now_s
        elif key:
            assert now_s - last_s < RULE.patience_s + 0.5
        now_s += 0.3
