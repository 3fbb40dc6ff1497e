-- Products are searched, ordered and counted in an index outside of the database, which its nodes
-- make from events; the rows are read by SKU only.
drop index catalogue.product_by_price;
drop index catalogue.product_by_name;
drop index catalogue.product_by_age;
drop index catalogue.product_by_brand;
drop index catalogue.product_by_category;
drop index catalogue.product_by_words;

alter table catalogue.product
  drop column category_path,
  drop column sort_name,
  drop column search,
  drop column added_position;

drop table catalogue.word;
drop function catalogue.edits(text, text, integer);

-- Somebody else's extension stays where it is.
do $$
begin
  if exists (
    select 1 from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'fuzzystrmatch' and n.nspname = 'catalogue')
  then
    drop extension fuzzystrmatch;
  end if;
end
$$;
