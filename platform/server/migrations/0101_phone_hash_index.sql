-- Phone hashes are only ever looked up whole, and are random: in a B-tree each lands on a page of its own, which was a quarter of the
-- time of writing a member. A hash index finds them as well, costs a third of that, and is half as large.
DROP INDEX chung.members_phone;
CREATE INDEX members_phone ON chung.members USING hash (phone_hash) WHERE phone_hash IS NOT NULL;
