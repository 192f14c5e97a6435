from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import DomainError
from tenants import operations
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import Role, TenantKind


class Command(BaseCommand):
    help = (
        "Make the park's own organisation and its first member of staff, once, on a new portal. "
        "The person sets a password with “Forgotten your password?” on the sign-in page."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name", help="the park's registered name")
        parser.add_argument("--name-en", default="")
        parser.add_argument("--slug", default="park", help="its address, /o/SLUG/")
        parser.add_argument("--email", required=True, help="of the first member of staff")
        parser.add_argument("--username", required=True)
        parser.add_argument("--full-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            with enter(Identity(STAFF)), transaction.atomic():
                _create(options)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['name']}: /o/{options['slug']}/ and /staff/ are there.")
        self.stdout.write(f"{options['email']} sets a password at /accounts/password/reset/.")


def _create(options: dict[str, Any]) -> None:
    actor, now = Actor(user_id=None, tenant_id=0, is_staff=True), timezone.now()
    park = operations.register_tenant(
        actor=actor,
        now=now,
        slug=options["slug"],
        kind=TenantKind.OPERATOR,
        name=options["name"],
        name_en=options["name_en"],
    )
    person = operations.create_person(
        actor=actor,
        now=now,
        username=options["username"],
        email=options["email"],
        full_name=options["full_name"],
        is_staff=True,
    )
    operations.add_member(actor=actor, now=now, tenant=park, user=person, roles=[Role.OWNER])
