//! tonnage in the page of a report: the same model, words and formats as on the command line, compiled to WebAssembly.
//!
//! The page writes a message into [`room`] and calls [`tell`]; the answer is [`length`] bytes at [`answer`]. Both are JSON.
#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod changes;
mod controls;
mod messages;

use messages::Page;
use std::cell::RefCell;

thread_local! {
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static PAGE: RefCell<Page> = RefCell::default();
}

/// Room for a message of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    BYTES.with_borrow_mut(|bytes| {
        bytes.clear();
        bytes.resize(length, 0);
        bytes.as_mut_ptr()
    })
}

/// Takes the message, and leaves the answer in its place.
#[unsafe(no_mangle)]
pub extern "C" fn tell() {
    let message = BYTES.take();
    let answer = PAGE.with_borrow_mut(|page| page.tell(&message));
    BYTES.set(answer);
}

/// Where the answer begins.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    BYTES.with_borrow(|bytes| bytes.as_ptr())
}

/// Bytes of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn length() -> usize {
    BYTES.with_borrow(Vec::len)
}
