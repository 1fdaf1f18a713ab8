import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One of the four programs: Main PROGRAM FILE. Each line of input is a number of iterations, answered with the checksum. */
public final class Main {
    private interface Program {
        long run(List<String[]> rows, int iterations);
    }

    public static void main(String[] args) throws IOException {
        Program program = switch (args[0]) {
            case "rules" -> Rules::run;
            case "numbers" -> Numbers::run;
            case "text" -> Text::run;
            case "structures" -> Structures::run;
            default -> throw new IllegalArgumentException("unknown program " + args[0]);
        };
        List<String[]> rows = Files.readAllLines(Path.of(args[1])).stream().map(line -> line.split("\t")).toList();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(program.run(rows, Integer.parseInt(line)));
            }
        }
    }
}
