-- The askings of the batch that lands now. Grain: one row per asking. Reads: nothing.
create or replace temp table asked (
    asking integer,
    begin_at timestamptz,
    end_at timestamptz,
    asked_at timestamptz,
    noticed_at timestamptz,
    is_placed boolean,
    is_whole boolean
)
