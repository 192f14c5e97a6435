"""Django's PostgreSQL backend with a schema editor that builds the second wall."""

from django.db.backends.postgresql import base

from tenants.isolation.postgresql.schema import IsolatingSchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = IsolatingSchemaEditor
