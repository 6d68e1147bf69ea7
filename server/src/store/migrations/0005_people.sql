-- Whom users do not want to hear from.
CREATE TABLE blacklist (
    user INTEGER NOT NULL REFERENCES user,
    blocked TEXT NOT NULL,
    PRIMARY KEY (user, blocked)
) STRICT, WITHOUT ROWID;

-- status: what the user says of itself. quiet_start: seconds after midnight, quiet_minutes: for how
-- long; both or neither. offline_version is the version of all that a user sets for itself but the
-- status.
ALTER TABLE user ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user ADD COLUMN quiet_start INTEGER;
ALTER TABLE user ADD COLUMN quiet_minutes INTEGER;
