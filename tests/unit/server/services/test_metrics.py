"""What is counted, and that no label can grow without an end."""

from server.services.metrics import UNMATCHED, Metrics
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION
from vigint_core import __version__
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call

CALL = Call("first", "flash", "v1", 1300, 120, 690, 0.5, None)
FAILED = Call("second", "flash", "v1", 0, 0, 10, 0.5, Code.AI_OVERLOADED)


def lines(metrics: Metrics) -> set[str]:
    text = metrics.exposed(
        [("database", True), ("ai", False)], waiting=3, oldest_s=12.5, free_bytes=7, stored_bytes=5000
    )
    return {line for line in text.decode().splitlines() if not line.startswith("#")}


def test_answers_are_counted_by_route_method_and_kind_of_status() -> None:
    metrics = Metrics()
    for status in (200, 204, 404):
        metrics.answered("/v1/incidents/{incident_id}", "PUT", status, 0.02)
    found = lines(metrics)
    named = 'route="/v1/incidents/{incident_id}"'
    assert f'vigint_requests_total{{method="PUT",{named},status="2xx"}} 2.0' in found
    assert f'vigint_requests_total{{method="PUT",{named},status="4xx"}} 1.0' in found
    assert f'vigint_request_seconds_bucket{{le="0.01",{named}}} 0.0' in found
    assert f'vigint_request_seconds_bucket{{le="0.025",{named}}} 3.0' in found


def test_methods_that_somebody_invents_are_one_series() -> None:
    metrics = Metrics()
    before = len(lines(metrics))
    metrics.answered(UNMATCHED, "NONSENSE", 405, 0.1)
    after = len(lines(metrics))
    for number in range(100):
        metrics.answered(UNMATCHED, f"M{number}", 405, 0.1)
    assert before < after == len(lines(metrics))


def test_looks_calls_tokens_and_cost() -> None:
    metrics = Metrics()
    metrics.looked([SUSPICION, CLEAR])
    metrics.looked([OVERLOADED, None])
    metrics.called([CALL, FAILED])
    assert {
        'vigint_looks_total{outcome="suspected"} 1.0',
        'vigint_looks_total{outcome="clear"} 1.0',
        'vigint_looks_total{outcome="not_analysed"} 1.0',
        'vigint_model_calls_total{look="first",model="flash",result="answered"} 1.0',
        'vigint_model_calls_total{look="second",model="flash",result="failed"} 1.0',
        'vigint_model_tokens_total{direction="in",model="flash"} 1300.0',
        'vigint_model_tokens_total{direction="out",model="flash"} 120.0',
        'vigint_model_cost_usd_total{model="flash"} 0.0007',
    } <= lines(metrics)


def test_streams_alerts_files_and_how_the_parts_are() -> None:
    metrics = Metrics()
    metrics.stream_opened()
    metrics.stream_opened()
    metrics.stream_closed()
    metrics.alerted("mail", delivered=True)
    metrics.alerted("webhook", delivered=False)
    assert {
        "vigint_event_streams 1.0",
        'vigint_alerts_total{channel="mail",result="delivered"} 1.0',
        'vigint_alerts_total{channel="webhook",result="failed"} 1.0',
        "vigint_stored_bytes 5000.0",
        "vigint_queue_waiting 3.0",
        "vigint_queue_oldest_seconds 12.5",
        "vigint_disk_free_bytes 7.0",
        'vigint_part_ok{part="database"} 1.0',
        'vigint_part_ok{part="ai"} 0.0',
        f'vigint_build_info{{version="{__version__}"}} 1.0',
    } <= lines(metrics)


def test_what_is_not_known_is_left_out() -> None:
    text = Metrics().exposed([("disk", False)], waiting=0, oldest_s=None, free_bytes=None, stored_bytes=None).decode()
    assert "vigint_queue_waiting 0.0" in text
    assert 'vigint_part_ok{part="disk"} 0.0' in text
    for unknown in ("vigint_queue_oldest_seconds", "vigint_disk_free_bytes", "vigint_stored_bytes"):
        assert unknown not in text


def test_two_in_one_process_do_not_mix() -> None:
    first, second = Metrics(), Metrics()
    first.stream_opened()
    assert "vigint_event_streams 0.0" in lines(second)
