package lab;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Calls to another service, over kept connections. */
final class Prices {
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;

    Prices(String stubUrl) {
        url = stubUrl + "/price?sku=";
    }

    void get(String sku) throws IOException, InterruptedException {
        URI uri = URI.create(url + URLEncoder.encode(sku, StandardCharsets.UTF_8));
        HttpResponse<byte[]> response =
                client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(uri + " answered " + response.statusCode());
        }
    }
}
