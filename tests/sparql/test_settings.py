from __future__ import annotations

import pytest

from vilnius_lod.settings import Settings, describe


def test_without_an_environment_the_defaults_hold() -> None:
    assert Settings.from_environment({"HOME": "/"}) == Settings()


def test_each_kind_of_setting_is_read() -> None:
    settings = Settings.from_environment(
        {
            "VILNIUS_LOD_QUERY_SECONDS": "2.5",
            "VILNIUS_LOD_WORKERS": "3",
            "VILNIUS_LOD_SERVICE_ALLOWED": "https://a.example/sparql https://b.example/sparql",
        }
    )
    assert settings == Settings(
        query_seconds=2.5,
        workers=3,
        service_allowed=("https://a.example/sparql", "https://b.example/sparql"),
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WORKERS", "many", "VILNIUS_LOD_WORKERS: found 'many'; allowed: a whole number"),
        ("WORKERS", "2.5", "allowed: a whole number"),
        ("WORKERS", "0", "workers: found 0; allowed: a number, 1 or more"),
        ("QUERY_SECONDS", "nan", "query_seconds"),
        ("QUERY_SECONDS", "inf", "query_seconds"),
        ("QUERY_SECONDS", "-1", "query_seconds"),
        ("QUERY_SECOND", "1", "VILNIUS_LOD_QUERY_SECOND: no such setting"),
    ],
)
def test_a_wrong_value_is_told(name: str, value: str, told: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        Settings.from_environment({f"VILNIUS_LOD_{name}": value})
    assert told in str(caught.value)


def test_every_setting_is_described_and_its_default_can_be_read_back() -> None:
    rows = describe()
    assert len({variable for variable, _, _ in rows}) == len(rows) == len(Settings.__dataclass_fields__)
    assert all(text.endswith(".") for _, _, text in rows)
    assert Settings.from_environment({variable: default for variable, default, _ in rows}) == Settings()
