select _realtime.matches(type, operator, value, operand)
from unnest($1::text[], $2::text[], $3::text[], $4::text[])
  with ordinality as compared (type, operator, value, operand, position)
order by position
