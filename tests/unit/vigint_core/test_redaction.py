import pytest

from vigint_core.redaction import without_secrets


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("rtsp://admin:hunter2@10.0.0.5/live failed", "rtsp://***@10.0.0.5/live failed"),
        ("rtsp://admin:p@ss:word@10.0.0.5/live", "rtsp://***@10.0.0.5/live"),
        ("postgresql://vigint:hunter2@db/books", "postgresql://***@db/books"),
        ("http://cam/video?user=admin&password=hunter2&fps=5", "http://cam/video?user=***&password=***&fps=5"),
        (
            "http://cam/videostream.cgi?loginuse=admin&loginpas=hunter2",
            "http://cam/videostream.cgi?loginuse=***&loginpas=***",
        ),
        ("rtsp://cam/user=admin_password=hunter2_channel=1.sdp failed", "rtsp://cam/user=admin_password=*** failed"),
        ("http://cam/v?user={user}&pwd={password}", "http://cam/v?user={user}&pwd={password}"),
        ("rtsp://cam/user=a_password={password}_channel=1", "rtsp://cam/user=a_password={password}_channel=1"),
        ("http://cam/v?pwd={password}hunter2", "http://cam/v?pwd=***"),
        ("GET /x?key=hunter2&page=2", "GET /x?key=***&page=2"),
        ("GET /x?page=2&api_key=hunter2", "GET /x?page=2&api_key=***"),
        ("key vg_ab12_hunter2hunter2-x_y!", "key vg_ab12_***!"),
        ("AIzaSyA1234567890 and AQ.Ab1234567890", "*** and ***"),
        (f"GET /l/{'Ab-_1234' * 8}/clip 206", "GET /l/Ab-_1234***/clip 206"),
        ("mail ann@shop.example about 10:30", "mail ann@shop.example about 10:30"),
        ("rtsp://10.0.0.5/live at 3@2", "rtsp://10.0.0.5/live at 3@2"),
        ("nothing to hide: http://127.0.0.1:8000/v1/me", "nothing to hide: http://127.0.0.1:8000/v1/me"),
    ],
)
def test_what_is_shaped_like_a_secret_is_taken_out_and_nothing_else(text: str, clean: str) -> None:
    assert without_secrets(text) == clean
