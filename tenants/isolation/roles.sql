-- The database roles, made once per cluster by a superuser; running it again changes nothing.
--   portal_owner   owns every table and runs migrations
--   portal_app     the web and the workers: owns nothing, sees one tenant at a time
--   portal_staff   park staff and audited work across tenants; switched to inside a transaction
--   portal_public  sign-in, membership look-up, public pages; switched to inside a transaction
do $$
begin
  if to_regrole('portal_owner') is null then create role portal_owner login; end if;
  if to_regrole('portal_app') is null then create role portal_app login; end if;
  if to_regrole('portal_staff') is null then create role portal_staff nologin; end if;
  if to_regrole('portal_public') is null then create role portal_public nologin; end if;
end
$$;
alter role portal_owner nosuperuser nobypassrls nocreaterole;
alter role portal_app nosuperuser nobypassrls nocreaterole nocreatedb;
alter role portal_staff nosuperuser nobypassrls nocreaterole nocreatedb;
alter role portal_public nosuperuser nobypassrls nocreaterole nocreatedb;
-- INHERIT FALSE: the rights of a role arrive only with SET ROLE, never by membership alone.
grant portal_staff to portal_app with inherit false, set true;
grant portal_public to portal_app with inherit false, set true;
