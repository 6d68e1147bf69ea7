-- What the sender sent where that is not what is here, as words were replaced or the message was taken back: SHA-256 of
-- class, a zero byte, content. A repeat is known by it.
ALTER TABLE message ADD COLUMN sent_as BLOB;
