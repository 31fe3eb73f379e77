-- ClickHouse, events. Weights are read as DECIMAL, which keeps the sums exact.
select least(a1, a2) as first, greatest(a1, a2) as second, month, sum(weight) as net, count() as acts
from (
  select id, toYYYYMM(any(parseDateTime(day, '%Y%m%d'))) as month, any(actor1) as a1, any(actor2) as a2,
    any(code) as code
  from {event}
  where actor1 <> '' and actor2 <> '' and actor1 <> actor2
  group by id
) as e
left join {weights} as w on e.code = w.code
group by 1, 2, 3
settings max_threads = {threads}
