-- DuckDB, events. Rows with the same id agree in all columns, so what is filtered out goes before the repeats do.
-- Tried and found slower: select distinct of the five columns, distinct on (id). DECIMAL keeps the sums exact.
select least(actor1, actor2) as first, greatest(actor1, actor2) as second, year(day) * 100 + month(day) as month,
  sum(coalesce(weight, 0)) as net, count(*) as acts
from (
  select id, any_value(day) as day, any_value(actor1) as actor1, any_value(actor2) as actor2, any_value(code) as code
  from {event}
  where actor1 is not null and actor2 is not null and actor1 <> actor2
  group by id
)
left join {weights} using (code)
group by 1, 2, 3
