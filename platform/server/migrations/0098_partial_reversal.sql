-- A part of a redemption can be taken back: how much so far stands in the row, and its guard is in the write.
ALTER TABLE chung.redemptions
  DROP CONSTRAINT redemptions_state_check,
  ADD CONSTRAINT redemptions_state_check
    CHECK (state IN ('RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED', 'RELEASED', 'EXPIRED', 'REVERSED')),
  -- In basis points of what was redeemed, by partial reversals alone: a whole one adds the rest without counting.
  ADD COLUMN reversed_basis_points integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT redemptions_parts_below_whole CHECK (reversed_basis_points BETWEEN 0 AND 9999);
