-- When the server first heard of a user (ms); 0 where nobody noted it.
ALTER TABLE profile ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
-- Whether quiet hours let through what mentions the user.
ALTER TABLE user ADD COLUMN quiet_mentions INTEGER NOT NULL DEFAULT 0;
