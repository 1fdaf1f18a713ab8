//! One of the four programs: lab-own-code PROGRAM FILE. Each line of input is a number of iterations, answered with the
//! checksum.

mod checksum;
mod numbers;
mod rules;
mod structures;
mod text;

use anyhow::bail;

type Rows<'t> = Vec<Vec<&'t str>>;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [program, file] = args.as_slice() else { bail!("usage: lab-own-code PROGRAM FILE") };
    let run = match program.as_str() {
        "rules" => rules::run,
        "numbers" => numbers::run,
        "text" => text::run,
        "structures" => structures::run,
        unknown => bail!("unknown program {unknown}"),
    };
    let text = std::fs::read_to_string(file)?;
    let rows: Rows<'_> = text.lines().map(|line| line.split('\t').collect()).collect();
    for line in std::io::stdin().lines() {
        println!("{}", run(&rows, line?.parse()?)?);
    }
    Ok(())
}
