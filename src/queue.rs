//! A queue of two vectors: a ring buffer is several times the code for every kind of item.

/// First in, first out. Putting in and taking out cost the same, on average, however long it is.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    /// In the order in which they came.
    coming: Vec<T>,
    /// All that came earlier: the next one last.
    going: Vec<T>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { coming: Vec::new(), going: Vec::new() }
    }
}

impl<T> Queue<T> {
    /// Puts an item at the end.
    pub fn push_back(&mut self, item: T) {
        self.coming.push(item);
    }

    /// Takes out the first item.
    pub fn pop_front(&mut self) -> Option<T> {
        if self.going.is_empty() {
            core::mem::swap(&mut self.coming, &mut self.going);
            self.going.reverse();
        }
        self.going.pop()
    }

    /// How many items wait.
    pub const fn len(&self) -> usize {
        self.coming.len() + self.going.len()
    }

    /// Whether none waits.
    pub const fn is_empty(&self) -> bool {
        self.coming.is_empty() && self.going.is_empty()
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.coming.clear();
        self.going.clear();
    }
}

impl<T> Iterator for Queue<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_leave_in_the_order_in_which_they_came() {
        let mut queue = Queue::default();
        queue.push_back(1);
        queue.push_back(2);
        assert_eq!(queue.pop_front(), Some(1));
        queue.push_back(3);
        assert_eq!((queue.len(), queue.is_empty()), (2, false));
        assert_eq!(queue.by_ref().collect::<Vec<_>>(), [2, 3]);
        assert!(queue.is_empty() && queue.pop_front().is_none());
        queue.push_back(4);
        queue.clear();
        assert!(queue.is_empty());
    }
}
