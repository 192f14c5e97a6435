-- 500 organisations with {lines} order lines between them, five lines an order, a year of days.
-- Run by a superuser with replication's rights, so that neither keys nor trail are paid for.
set session_replication_role = replica;
insert into tenants_tenant (id, slug, kind, name, name_en, country, registration_number)
  overriding system value
  select n, 'bench-' || n, case n when 1 then 'operator' else 'enterprise' end,
         '测试企业' || n, 'Bench ' || n, 'CN', ''
  from generate_series(1, 500) n;
insert into trade_channel (id, tenant_id, name, platform) overriding system value
  select n, n, 'Shop', 'Shop' from generate_series(1, 500) n;
insert into trade_order (id, tenant_id, channel_id, number, ordered_at, ordered_on, direction,
    country, country_label, currency, sale_lines, cancellation_lines, gross, cancelled)
  overriding system value
  select n, n % 500 + 1, n % 500 + 1, 'SO-' || n,
         moment, (moment at time zone 'Asia/Shanghai')::date,
         'export', (array['GB', 'DE', 'FR', 'US', 'SG'])[n / 500 % 5 + 1], '', 'GBP', 5, 0,
         5 * (n % 90 + 10), 0
  from generate_series(1, {orders}) n,
       lateral (select timestamptz '2026-01-01' + n * interval '1 year' / {orders}) as at (moment);
insert into trade_orderline (tenant_id, order_id, import_id, line_no, ordered_on, kind, sku,
    description, quantity, unit_price, line_key, occurrence)
  select o.tenant_id, o.id, 1, l, o.ordered_on, 'sale', 'SKU-' || (o.id * 5 + l) % 2000,
         'Item ' || (o.id * 5 + l) % 2000, 1, o.id % 90 + 10, md5(o.id || '/' || l)::uuid, 1
  from trade_order o, generate_series(1, 5) l order by o.tenant_id, o.id;
insert into trade_dailysales (tenant_id, day, channel_id, direction, country, currency, orders,
    cancelled_orders, lines, gross, cancelled, cny_per_unit, rate_on)
  select tenant_id, ordered_on, channel_id, direction, country, currency, count(*), 0,
         5 * count(*), sum(gross), 0, 9.1, ordered_on
  from trade_order group by 1, 2, 3, 4, 5, 6;
insert into trade_monthlysales (tenant_id, month, direction, currency, orders, cancelled_orders,
    lines, gross, cancelled, net_cny, provisional)
  select tenant_id, date_trunc('month', day), direction, currency, sum(orders), 0, sum(lines),
         sum(gross), 0, sum(net_cny), false
  from trade_dailysales group by 1, 2, 3, 4;
insert into trade_monthlyproductsales (tenant_id, month, sku, direction, currency, description,
    lines, quantity, gross, cancelled, net_cny, provisional)
  select l.tenant_id, date_trunc('month', l.ordered_on), sku, 'export', 'GBP', min(description),
         count(*), sum(quantity), sum(amount), 0, 9.1 * sum(amount), false
  from trade_orderline l group by 1, 2, 3;
reset session_replication_role;
