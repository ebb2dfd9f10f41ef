from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.fakes.pictures import moment
from vigint_desktop.pipeline.gate_log import HISTORY_S, GateLog

HEAT = np.zeros((4, 8), np.float32)


@dataclass
class Look:
    score: float
    heat: NDArray[np.float32] | None = None
    open: bool = False
    occupied: bool = False


def test_the_newest_look_is_there_for_who_asks() -> None:
    log = GateLog()
    assert log.view is None
    log.note(moment(1000.0), Look(0.4, HEAT), 1.0)
    log.note(moment(1000.2), Look(1.4, HEAT, open=True), 1.0)

    assert log.view is not None
    assert (log.view.score, log.view.open, log.view.heat is HEAT) == (1.4, True, True)
    assert log.view.at_s == moment(1000.2).wall_s


def test_the_peak_of_each_second_at_sensitivity_one_and_where_nobody_looked() -> None:
    log = GateLog()
    for at_s, score in ((1000.0, 0.4), (1000.6, 0.8), (1001.2, 0.2), (1003.1, 1.0)):
        log.note(moment(at_s), Look(score, HEAT), 2.0)
    log.note(moment(1004.0), Look(1.0), 2.0)  # it does not know: that is no movement

    assert log.peaks(1005.0) == [0.4, 0.1, None, 0.5, None]
    assert GateLog().peaks(1005.0) == []


def test_an_hour_is_kept_and_no_more() -> None:
    log = GateLog()
    for second in range(2 * HISTORY_S):
        log.note(moment(float(second)), Look(1.0, HEAT), 1.0)

    assert len(log.peaks(2.0 * HISTORY_S)) == HISTORY_S
