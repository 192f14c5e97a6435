"""What goes into the image and which process is given which secret."""

import os
import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

KEPT_OUT = [".git", ".env", ".venv", ".park", "node_modules", "tests"]


def lines(name: str) -> list[str]:
    return (settings.BASE_DIR / name).read_text(encoding="utf-8").split()


@pytest.mark.parametrize("name", KEPT_OUT)
def test_history_secrets_and_tests_stay_out_of_the_image(name):
    assert name in lines(".dockerignore")


def test_secrets_are_not_committed():
    assert "/.env" in lines(".gitignore")
    example = lines(".env.example")
    assert {"SECRET_KEY=", "POSTGRES_PASSWORD=", "PORTAL_APP_PASSWORD="} <= set(example)


def test_only_migrations_know_the_owner():
    compose = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text("utf-8"))
    services = compose["services"]
    knowing = {name for name, service in services.items() if "OWNER" in str(service)}
    assert knowing == {"postgres", "migrate"}
    # A secret that is not set stops compose; none has a default.
    secrets = re.findall(r"\$\{(\w*PASSWORD|SECRET_KEY)\b(:\?)?", str(compose))
    assert {name for name, _demanded in secrets} >= {
        "SECRET_KEY",
        "PORTAL_APP_PASSWORD",
        "REDIS_PASSWORD",
    }
    assert all(demanded for _name, demanded in secrets)


# The image sets them, or they are for other ways to run the portal.
NOT_PASSED_ON = {
    *("DEBUG", "EMAIL_BACKEND", "MEDIA_ROOT", "PDF_FONT_DIR", "STATIC_ROOT", "SECURE_SSL_REDIRECT"),
    *("CELERY_BROKER_URL", "DATABASE_OWNER_URL"),
}


def test_what_the_portal_reads_from_its_environment_reaches_the_containers():
    compose = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text("utf-8"))
    source = (settings.BASE_DIR / "park_portal" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    assert read - NOT_PASSED_ON == set(compose["x-portal"]["environment"])
    assert read > NOT_PASSED_ON


def test_only_the_web_is_reached_from_outside_and_only_by_the_proxy():
    compose = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text("utf-8"))
    ports = {name: each["ports"] for name, each in compose["services"].items() if "ports" in each}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_encryption_to_database_broker_and_mail_is_a_matter_of_their_addresses():
    values = {
        "PATH": os.environ["PATH"],
        "PORTAL_MODE": "production",
        "SECRET_KEY": "k3Jq-8vYw_Zr5Tn2Lx7Pd4Hf9Gb6Sc1Mm0Aa-Ee_Uu-Oo_Ii5Qw",
        "DATABASE_URL": "postgres://portal_app:p@db/portal?sslmode=verify-full&sslrootcert=/ca.pem",
        "REDIS_URL": "rediss://:p@redis:6380/0?ssl_cert_reqs=required",
        "EMAIL_URL": "smtp+tls://user:p@mail:587",
    }
    code = (
        "from park_portal import settings as s; o = s.DATABASES['default']['OPTIONS'];"
        "print(o['sslmode'], o['sslrootcert'], s.CELERY_BROKER_URL, s.EMAIL_USE_TLS)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], env=values, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["verify-full", "/ca.pem", values["REDIS_URL"], "True"]
