-- Public services. menu and robot are JSON; everybody: whoever did not say otherwise follows it.
CREATE TABLE public_service (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    portrait TEXT NOT NULL,
    introduction TEXT NOT NULL,
    menu TEXT NOT NULL,
    robot TEXT NOT NULL,
    everybody INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Who said to follow a public service, or not to.
CREATE TABLE following (
    kind INTEGER NOT NULL,
    service TEXT NOT NULL,
    user TEXT NOT NULL,
    follows INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (user, kind, service),
    FOREIGN KEY (kind, service) REFERENCES public_service ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX following_service ON following (kind, service, follows);

-- Talks of customers with a customer service. mode: 0 robot, 1 waiting, 2 with an agent, 3 over.
CREATE TABLE talk (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    customer TEXT NOT NULL,
    mode INTEGER NOT NULL,
    agent TEXT,
    began INTEGER NOT NULL,
    moved INTEGER NOT NULL
) STRICT;

CREATE INDEX talk_customer ON talk (customer, service, id);
CREATE INDEX talk_mode ON talk (service, mode, id);

-- What customers said of a talk. human: of the agent, else of the robot. resolved and stars are
-- absent where they were not told.
CREATE TABLE rating (
    talk INTEGER NOT NULL REFERENCES talk,
    human INTEGER NOT NULL,
    resolved INTEGER,
    stars INTEGER,
    remark TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (talk, human)
) STRICT, WITHOUT ROWID;
