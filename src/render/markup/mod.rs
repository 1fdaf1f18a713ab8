//! What is said as HTML elements: the blocks of a report and the text within. A page makes these again by itself; the file around
//! them is the format `html`.

pub mod blocks;
pub mod text;
