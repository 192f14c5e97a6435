from typing import Any

from django.core.management.base import BaseCommand

from tenants import demo


class Command(BaseCommand):
    help = "Print the sign-ins of the demo park."

    def handle(self, *args: Any, **options: Any) -> None:
        people = {username: (name, slug) for username, name, slug, _roles in demo.PEOPLE}
        for username in demo.SIGN_INS:
            name, slug = people[username]
            self.stdout.write(f"  {username:<12} {demo.PASSWORD}   {name}, {slug}")
