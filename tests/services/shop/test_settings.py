"""What the environment may say to the shop."""

import pytest

from tests.services.shop.conftest import Start

DATABASE = {"DATABASE_URL": "postgresql://shop:never-show-this@database/shop"}


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set: give postgresql://"),
        ({"TZ": "Mars/Olympus"}, "TZ is 'Mars/Olympus': give a name of the time zone database"),
        ({"TZ": "../../etc/passwd"}, "TZ is '../../etc/passwd'"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud': allowed are debug, info, warning, error"),
        ({"WORK_SECONDS": "long"}, "WORK_SECONDS is 'long': give a number of seconds from 0 to 3600"),
        ({"WORK_SECONDS": "nan"}, "WORK_SECONDS is 'nan'"),
        ({"STOP_SECONDS": "-1"}, "STOP_SECONDS is '-1'"),
        ({"LISTEN": "8080"}, "LISTEN is '8080': give host:port"),
        ({"METRICS_LISTEN": "0.0.0.0:99999"}, "METRICS_LISTEN is '0.0.0.0:99999'"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(environment: dict[str, str], reason: str) -> None:
    """A variable that cannot be used is refused in one line with its name, its value and what is allowed."""
    from shop.settings import Settings, SettingsError

    with pytest.raises(SettingsError) as refused:
        Settings.load(DATABASE | environment)

    assert str(refused.value).startswith(reason)


def test_settings_do_not_show_the_database_url() -> None:
    """The settings' own representation leaves the database URL out."""
    from shop.settings import Settings

    assert "never-show-this" not in repr(Settings.load(DATABASE))


def test_a_wrong_database_url_is_one_line_without_it(start: Start) -> None:
    """A DATABASE_URL that is none ends the process with 2 and a line that does not repeat it."""
    process = start("report", DATABASE_URL="never show this")

    assert 2 == process.wait()
    expected = "shop: DATABASE_URL is not a PostgreSQL URL: give postgresql://user:password@host:5432/database\n"
    assert expected == process.log.read_text()
