//! What to keep, as data: the engine says it, the host does it (`storage/apply.rs`).

/// One change of the small stored state. Keys are relative: the host puts the application's and
/// the user's prefix before them (`storage/keys.rs`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreOp {
    /// Keep `value` under `key`, replacing what was there.
    Put {
        /// Whose state it is.
        scope: Scope,
        /// Name within the scope.
        key: String,
        /// Text, versioned by its writer.
        value: String,
    },
    /// Forget `key`.
    Delete {
        /// Whose state it is.
        scope: Scope,
        /// Name within the scope.
        key: String,
    },
}

/// Whose state a stored value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The application's on this browser profile, whoever is signed in: navigation, device id.
    App,
    /// The signed-in user's: cursor, outbox, conversations.
    User(crate::ids::UserId),
}
