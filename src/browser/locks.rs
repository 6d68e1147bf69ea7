//! Who owns a user's stored state: one page per browser profile.
//!
//! Which page that is, the page's own script finds out (`tabs/` of the package): by a Web Lock, or
//! by what stands in for one. A page that finds the state owned by another either works in memory
//! and logs in as a device of its own, or ends this core and uses that page's link. A page that
//! lost the state to another while it was frozen is told so and writes nothing any more.

use wasm_bindgen::prelude::*;

/// The answer to a request for ownership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// This page owns the state until the [`Lock`] is dropped or said to be taken.
    Owned,
    /// Another page does.
    Taken,
}

type Answer = Closure<dyn Fn(bool)>;

#[wasm_bindgen]
extern "C" {
    /// The JS object that knows. It is asked for one state at a time.
    #[derive(Clone)]
    pub type Clerk;

    /// Asks for the state `name`. `answer` is called later, and once more should it be lost.
    #[wasm_bindgen(method, catch)]
    fn ask(this: &Clerk, name: &str, answer: &Answer) -> Result<(), JsValue>;
    /// Lets go of it; then nothing is answered any more.
    #[wasm_bindgen(method)]
    fn leave(this: &Clerk);
    /// Whether it may have been taken while this page did not run. Then `Core.attend` is called once
    /// that is known.
    #[wasm_bindgen(method)]
    fn doubts(this: &Clerk) -> bool;
    /// Whether nobody is known to have taken what was said to be owned.
    #[wasm_bindgen(method)]
    fn owns(this: &Clerk) -> bool;
}

/// Held, or asked for. Dropping it lets go; then nothing is answered any more.
pub struct Lock {
    clerk: Clerk,
    _answer: Answer,
}

impl Lock {
    /// Asks for the lock `name`; `answer` runs once, later, and once more if it is lost again. If
    /// the browser cannot even be asked, it never does: the engine does not wait for ever.
    pub fn request(clerk: &Clerk, name: &str, answer: impl Fn(Ownership) + 'static) -> Self {
        let answer = Answer::new(move |owned| {
            answer(if owned { Ownership::Owned } else { Ownership::Taken });
        });
        let _never_answered = clerk.ask(name, &answer);
        Self { clerk: clerk.clone(), _answer: answer }
    }

    /// Whether the page has not run for so long that another may have taken the state: to be asked
    /// before anything is done that could change it, which waits until the page is told more.
    pub fn is_in_doubt(&self) -> bool {
        self.clerk.doubts()
    }

    /// Whether another page has taken the state since it was said to be owned: to be asked before
    /// every write.
    pub fn is_lost(&self) -> bool {
        !self.clerk.owns()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.clerk.leave();
    }
}
