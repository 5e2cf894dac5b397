import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JDK's client. Java has no variable for the user of a proxy: where there is one, the program says it. */
public class Client {
    static final String BASE = "https://api.integrator.io/v1";
    static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    static HttpResponse<String> get(String url) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).header("Authorization", "Bearer any");
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static String outcome(String url) {
        try {
            return String.valueOf(get(url).statusCode());
        } catch (Exception error) {
            return "error";
        }
    }

    public static void main(String[] arguments) throws Exception {
        int list = get(BASE + "/integrations").body().split("\"installSteps\"").length - 1;
        String url = BASE + "/integrations?limit=1";
        int pages = 0;
        while (url != null) {
            String link = get(url).headers().firstValue("link").orElse("");
            Matcher next = Pattern.compile("<([^>]*)>; rel=\"next\"").matcher(link);
            url = next.find() ? next.group(1) : null;
            pages += 1;
        }
        String missing = outcome(BASE + "/integrations/none");
        String reset = outcome(BASE + "/flows");
        String stall = outcome(BASE + "/exports");
        System.out.println("list=" + list + " pages=" + pages + " missing=" + missing + " reset=" + reset + " stall=" + stall);
        System.exit(0);
    }
}
