-- What analysts may read by SQL: docs/analysts.md says how to let somebody in. The views read with their owner's rights, so those who
-- are let in need, and get, no right to any table.
create schema analyst;

-- Where personal data stand in the payloads: the same as dev.lastunit.shared.api.PersonalFields says. A test holds the two against each
-- other; when an event gets a personal field, the next migration adds it here.
create table analyst.personal_field (
  type text   not null,
  path text[] not null,
  primary key (type, path)
);

insert into analyst.personal_field (type, path) values
  ('ordering.OrderPlaced', '{fingerprint}'),
  ('ordering.OrderPlaced', '{shippingAddress,name}'),
  ('ordering.OrderPlaced', '{shippingAddress,line1}'),
  ('ordering.OrderPlaced', '{shippingAddress,line2}'),
  ('ordering.OrderPlaced', '{shippingAddress,city}'),
  ('ordering.OrderPlaced', '{shippingAddress,postalCode}'),
  ('ordering.OrderPlaced', '{payment,token}'),
  ('payment.PaymentRequested', '{token}');

-- JSON may name the character 0, which jsonb cannot hold; the replacement character stands for it.
create function analyst.json(stored text) returns jsonb language sql immutable parallel safe
return replace(stored, '\u0000', '\ufffd')::jsonb;

-- A value of the same shape that says nothing: "***" in the place of everything that is not null.
create function analyst.hidden(value jsonb) returns jsonb language plpgsql immutable parallel safe as $$
begin
  return case jsonb_typeof(value)
    when 'object' then (select coalesce(jsonb_object_agg(field, analyst.hidden(part)), '{}') from jsonb_each(value) as e(field, part))
    when 'array' then (select coalesce(jsonb_agg(analyst.hidden(part) order by place), '[]')
                         from jsonb_array_elements(value) with ordinality as e(part, place))
    when 'null' then value
    else '"***"'
  end;
end $$;

-- The payload of an event without personal data.
create function analyst.masked(event_type text, stored text) returns jsonb language plpgsql stable parallel safe as $$
declare
  payload  jsonb := analyst.json(stored);
  personal text[];
begin
  for personal in select path from analyst.personal_field where type = event_type loop
    if payload #> personal is not null then
      payload := jsonb_set(payload, personal, analyst.hidden(payload #> personal));
    end if;
  end loop;
  return payload;
end $$;

-- Every event. Quick by position; by time, type or stream all of it is read, so say a range of positions with them.
create view analyst.event as
select position, at, stream, sequence, type, revision, analyst.masked(type, payload) as payload, analyst.json(metadata) as metadata
from eventstore.event;

-- The same, quick by stream.
create view analyst.stream_event as
select e.position, e.at, e.stream, e.sequence, e.type, e.revision, analyst.masked(e.type, e.payload) as payload,
       analyst.json(e.metadata) as metadata
from eventstore.stream_event i cross join lateral (select * from eventstore.event where position = i.position limit 1) as e;

-- How far each event handler has got.
create view analyst.projection as
select name, position, (select coalesce(max(position), 0) from eventstore.event) as head from eventstore.processor;
