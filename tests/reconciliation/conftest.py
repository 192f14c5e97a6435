from tests.banking.conftest import own_account

__all__ = ["own_account"]
