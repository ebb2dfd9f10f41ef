"""The composition root: builds the program from its parts, shows the window, runs, and takes everything down again."""

import gc
import logging
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass

from PySide6.QtCore import QLockFile, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from vigint_core import __version__
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_desktop import logsetup, report, secrets, settings
from vigint_desktop.bridge import Bridge
from vigint_desktop.capture.demo import demo_cameras
from vigint_desktop.crash import CrashHandler
from vigint_desktop.figures import process_started_s
from vigint_desktop.logsetup import Redactor
from vigint_desktop.options import Options
from vigint_desktop.paths import Paths
from vigint_desktop.program import Program, Surroundings
from vigint_desktop.secrets import SecretStore, WithEnvironment, open_secrets
from vigint_desktop.settings import Settings
from vigint_desktop.ui.application import dress, make_application, speak
from vigint_desktop.ui.main_window import MainWindow
from vigint_desktop.ui.text import Texts, language_of
from vigint_desktop.ui.theme.style import Theme

_log = logging.getLogger(__name__)
_WINDOW_FILE = "window.state"
_MOST_REST_MS = 60_000
_SWITCH_S = 0.001
"""How long a thread keeps Python's lock while others want it; 0.005 by default. With 16 cameras the window waits 20 ms
instead of 33 at p99, and 14.9 pictures a second reach the screen instead of 12.6."""
_MOST_UNJUDGED_MS = 3000
_SETTLED_MS = 1000
"""After the first picture the others come; the first window falls due 5 s later or more."""
_OFFSCREEN_SIZE = (1600, 900)  # a common window; Qt's imagined screen would squeeze it to its smallest


@dataclass(frozen=True, slots=True)
class Foundation:
    """What exists before the window: folders, log, secrets, settings.

    Attributes:
        unreadable: why the settings could not be read, or None; then the defaults are in force and the file is
            left as it is until the owner applies new ones.
    """

    paths: Paths
    redactor: Redactor
    store: SecretStore
    chosen: Settings
    unreadable: VigintError | None


def run(options: Options) -> int:
    """Run the window until it is closed or its time is over; returns the exit code.

    Raises VigintError when it can't start: the folder is in use, the books can't be opened.
    """
    if options.offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sys.setswitchinterval(_SWITCH_S)
    with ExitStack() as undo:
        application = make_application([sys.argv[0]])
        paths = options.paths.made()
        lock = QLockFile(str(paths.data / "desk.lock"))
        if not lock.tryLock(0):
            taken = lock.error() is QLockFile.LockError.LockFailedError
            raise VigintError(Code.STORE_IN_USE if taken else Code.STORE_FAILED, str(paths.data))
        undo.callback(lock.unlock)
        foundation = _foundation(options, paths)
        undo.callback(logsetup.tear_down)
        qInstallMessageHandler(_log_qt)
        undo.callback(qInstallMessageHandler, None)
        return _run_window(options, foundation, application, undo)


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's own messages belong into the log, not onto a terminal that nobody sees."""
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    logging.getLogger("qt").log(levels.get(kind, logging.WARNING), "%s: %s", context.category, text)


def _foundation(options: Options, paths: Paths) -> Foundation:
    redactor = Redactor()
    logsetup.set_up(paths.log_file, redactor)
    _log.info("VigInt %s starts in %s", __version__, paths.data)
    service = secrets.service_for(options.data_dir)
    store = WithEnvironment(lambda: open_secrets(paths.secrets_file, service), os.environ)
    redactor.learn(*(password for _, password in options.cameras))
    unreadable = None
    try:
        chosen = settings.load(paths.settings_file)
    except VigintError as error:
        _log.error("settings can't be read: %s", error)
        chosen, unreadable = Settings(), error
    return Foundation(paths, redactor, store, chosen, unreadable)


def _run_window(options: Options, foundation: Foundation, application: QApplication, undo: ExitStack) -> int:
    bridge, clock = Bridge(), SystemClock()
    crash = CrashHandler(bridge, clock)
    crash.install()
    undo.callback(crash.remove)
    language = language_of(foundation.chosen)
    demo = demo_cameras(language)
    around = Surroundings(
        paths=foundation.paths,
        store=foundation.store,
        sink=bridge,
        clock=clock,
        redactor=foundation.redactor,
        language=language,
        passing=options.cameras or (tuple((camera, "") for camera in demo) if options.demo else ()),
        demo=demo,
    )
    program = Program(around, foundation.chosen, options.server)
    undo.callback(program.close)
    program.open()
    undo.callback(program.stop)
    theme = Theme(foundation.chosen.theme)
    dress(application, theme)
    if not speak(application, language):
        _log.info("Qt has no words of its own in %s", language)
    window = MainWindow(program, bridge, Texts(language), theme, clock)
    stopwatch, farewell = Stopwatch(window), Farewell(window) if options.screenshot else None
    _restore(window, foundation.paths, options)
    window.show()
    undo.callback(window.close)
    _spare_the_collector(window)
    QTimer.singleShot(0, lambda: _start(program, bridge, foundation))
    judge_late(program, window)
    timers = [*_leave_after(options, application), _listen_to_signals(application)]
    code = application.exec()
    _log.info("VigInt leaves")
    for timer in timers:
        timer.stop()
    window.close()  # also when the loop was left without it
    _leave_traces(options, program, window, stopwatch, farewell)
    _remember(window, foundation.paths, options)
    return 1 if crash.count else code


def _spare_the_collector(window: MainWindow) -> None:
    """Let Python's collector walk only over what is new: over a day's books, a full walk stops every thread for 0.1 s.

    Until the books are read it rests (some 10 s, a minute at most); then everything there is counts as there to stay.
    """

    def go_on() -> None:
        gc.freeze()
        gc.enable()

    gc.freeze()
    gc.disable()
    window.past_read.connect(go_on)
    QTimer.singleShot(_MOST_REST_MS, window, go_on)


class Farewell:
    """What the window looked like when it was closed, for ``--screenshot``: closed, its tiles show nothing any more.

    Attributes:
        picture: None until then.
    """

    def __init__(self, window: MainWindow) -> None:
        self.picture: QPixmap | None = None
        self._window = window
        window.closing.connect(self._keep)

    def _keep(self) -> None:
        self.picture = self._window.grab()


class Stopwatch:
    """When the window was painted first, and when it showed the first picture; seconds since the process started.

    Attributes:
        started_s: monotonic time at which the process started.
    """

    def __init__(self, window: MainWindow) -> None:
        self.started_s = process_started_s()
        self.first_paint_s: float | None = None
        self.first_frame_s: float | None = None
        window.first_painted.connect(self._painted)
        window.first_frame_shown.connect(self._framed)

    def _painted(self) -> None:
        self.first_paint_s = self._elapsed_s()

    def _framed(self) -> None:
        self.first_frame_s = self._elapsed_s()

    def _elapsed_s(self) -> float:
        return round(SystemClock().monotonic() - self.started_s, 3)


def _start(program: Program, bridge: Bridge, foundation: Foundation) -> None:
    """Start the workers as soon as the event loop runs: the window is painted first."""
    try:
        for name in (secrets.SERVER_KEY, secrets.GEMINI_KEY, secrets.EMBEDDED_KEY, secrets.EMBEDDED_SECRET):
            foundation.redactor.learn(foundation.store.get(name))
    except VigintError as error:  # told to the window by the program, which runs on without secrets
        _log.error("secrets can't be read: %s", error)
    program.start()
    if foundation.unreadable:
        at_s = SystemClock().wall()
        bridge.publish(Fault(foundation.unreadable.code, "settings", foundation.unreadable.detail, at_s))


def judge_late(program: Program, window: MainWindow) -> None:
    """Begin to judge once, when a picture is on screen or none has come for a while. No window falls due before."""
    timer = QTimer(window, singleShot=True, interval=_MOST_UNJUDGED_MS)
    timer.timeout.connect(program.judge)

    def settle() -> None:
        if timer.isActive():
            timer.start(min(_SETTLED_MS, timer.remainingTime()))

    window.first_frame_shown.connect(settle)
    timer.start()


def _restore(window: MainWindow, paths: Paths, options: Options) -> None:
    if options.size or options.offscreen:
        window.resize(*(options.size or _OFFSCREEN_SIZE))
        return
    try:
        window.restore((paths.config / _WINDOW_FILE).read_bytes())
    except FileNotFoundError:
        return
    except OSError as error:
        _log.info("the window's place can't be read: %s", error.strerror)


def _remember(window: MainWindow, paths: Paths, options: Options) -> None:
    """For the next start; a run of a given size or without a screen restored nothing, and changes nothing."""
    if options.size or options.offscreen:
        return
    try:
        (paths.config / _WINDOW_FILE).write_bytes(window.saved_state())
    except OSError as error:
        _log.info("the window's place can't be kept: %s", error.strerror)


def _leave_after(options: Options, application: QApplication) -> list[QTimer]:
    if options.duration_s is None:
        return []
    timer = QTimer(singleShot=True, interval=int(options.duration_s * 1000))
    timer.timeout.connect(application.quit)
    timer.start()
    return [timer]


def _listen_to_signals(application: QApplication) -> QTimer:
    """Leave in order on Ctrl+C and on SIGTERM. Python runs its handlers only between bytecodes, hence the timer."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    timer = QTimer(interval=200)
    timer.timeout.connect(lambda: None)
    timer.start()
    return timer


def _leave_traces(
    options: Options, program: Program, window: MainWindow, stopwatch: Stopwatch, farewell: Farewell | None
) -> None:
    """Screenshot of the last moment; report when the last window has its account. Raises VigintError(STORE_FAILED)."""
    try:
        if options.screenshot and farewell and farewell.picture:
            options.screenshot.parent.mkdir(parents=True, exist_ok=True)
            if not farewell.picture.save(str(options.screenshot)):
                raise VigintError(Code.STORE_FAILED, f"{options.screenshot} can't be written")
        if options.report:
            statuses, shown = program.camera_statuses(), _shown(window, stopwatch)
            program.stop()
            report.write(report.build(program, statuses, shown, stopwatch.started_s), options.report)
    except OSError as error:
        raise VigintError(Code.STORE_FAILED, f"{error.filename}: {error.strerror}") from error


def _shown(window: MainWindow, stopwatch: Stopwatch) -> report.Shown:
    figures = window.figures()
    return report.Shown(
        frames={camera: tile.shown for camera, tile in figures.tiles.items()},
        age_ms={camera: tile.age_s.summary(1000.0) for camera, tile in figures.tiles.items()},
        stall_ms=figures.stall_s.summary(1000.0),
        first_paint_s=stopwatch.first_paint_s,
        first_frame_s=stopwatch.first_frame_s,
    )
