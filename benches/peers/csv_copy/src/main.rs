//! `csv_copy IN OUT`: reads IN record by record, then reads OUT and writes it again, with nothing but the csv crate.
//!
//! IN is what a program read and OUT what it wrote, so the time is what those bytes cost any program that parses and
//! writes them this way. The copy goes to a file in the folder for temporary files and is removed. Prints seconds.

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File};
use std::time::Instant;
use std::{env, process};

use csv::{ByteRecord, ReaderBuilder, Writer};

fn read(path: &OsString, mut each: impl FnMut(&ByteRecord) -> csv::Result<()>) -> csv::Result<u64> {
    // A header is a record like any other here.
    let mut reader = ReaderBuilder::new().has_headers(false).from_path(path)?;
    let mut record = ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record)? {
        fields += record.len() as u64;
        each(&record)?;
    }
    Ok(fields)
}

fn main() -> Result<(), Box<dyn Error>> {
    let [input, output]: [OsString; 2] =
        env::args_os().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: csv_copy IN OUT")?;
    let copy = env::temp_dir().join(format!("csv_copy-{}.csv", process::id()));
    let start = Instant::now();
    let fields_read = read(&input, |_| Ok(()))?;
    let mut writer = Writer::from_writer(File::create(&copy)?);
    let fields_copied = read(&output, |record| writer.write_byte_record(record))?;
    writer.flush()?;
    let seconds = start.elapsed().as_secs_f64();
    fs::remove_file(&copy)?;
    println!("{seconds:.6} s, {fields_read} fields read, {fields_copied} copied");
    Ok(())
}
