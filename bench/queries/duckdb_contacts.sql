-- DuckDB, contacts. Tried and found no quicker (within the noise of the runs): ENUM for office, side and venue; BIGINT
-- for id; a join with a table of the scale; grouping by all of id, partner, year and venue; first() and max() for what
-- is the same in all rows; DECIMAL in place of DOUBLE (all points are quarters, so DOUBLE is exact); strict_mode=false;
-- preserve_insertion_order=false.
select partner, y, sum(case when venue = 'third' then p * 0.5::double else p end) as points, count(*) as contacts
from (
  select id, any_value(partner) as partner, any_value(year(date)) as y, any_value(venue) as venue,
    max(case
      when office = 'president' then 5
      when office in ('prime minister', 'vice president', 'head of the presidential administration',
                      'speaker of parliament') then 3
      when office in ('deputy prime minister', 'minister of foreign affairs', 'minister of defence',
                      'secretary of the security council', 'advisor to the president') then 2.5
      when office in ('other minister', 'chief of staff', 'senior party official') then 2
      else 1 end::double) as p
  from {contact}
  where side = case when venue = 'home' then 'partner' else 'home' end
  group by id
)
group by partner, y
