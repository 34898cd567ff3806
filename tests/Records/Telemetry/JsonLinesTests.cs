using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Tests.Records.Telemetry;

public sealed class JsonLinesTests
{
    [Fact]
    public void What_was_sent_is_not_told_with_the_failure_that_quotes_it()
    {
        var quoting = Thrown(() => DateOnly.Parse("Ermintrude", CultureInfo.InvariantCulture));
        Assert.Contains("Ermintrude", quoting.Message, StringComparison.Ordinal);
        Assert.Equal("FormatException", quoting.Told());
        Assert.Equal("InvalidOperationException <- IOException: No space left", new InvalidOperationException("about Ermintrude", new IOException("No space left")).Told());

        var line = Line(scopes => scopes.Push("RequestPath:/sign-in/Ermintrude"), quoting);
        Assert.DoesNotContain("Ermintrude", line, StringComparison.Ordinal);
        var json = JsonSerializer.Deserialize<JsonElement>(line);
        Assert.Equal(("warning", "Photos", "It failed.", "FormatException"),
            (json.GetProperty("level").GetString(), json.GetProperty("from").GetString(), json.GetProperty("says").GetString(), json.GetProperty("error").GetString()));
        Assert.Contains(nameof(What_was_sent_is_not_told_with_the_failure_that_quotes_it), json.GetProperty("where").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_entry_is_one_line_whatever_it_says()
    {
        var line = Line(_ => { }, new IOException("two\nlines \" and a quote"));
        Assert.EndsWith("}", line.TrimEnd('\n'), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line.TrimEnd('\n'));
    }

    private static string Line(Action<LoggerExternalScopeProvider> scoped, Exception error)
    {
        var scopes = new LoggerExternalScopeProvider();
        scoped(scopes);
        using var written = new StringWriter();
        new JsonLines(TimeProvider.System).Write(
            new LogEntry<string>(LogLevel.Warning, "Photos", default, "It failed.", error, (state, _) => state), scopes, written);
        return written.ToString();
    }

    private static Exception Thrown(Action act)
    {
        try
        {
            act();
        }
        catch (FormatException error)
        {
            return error;
        }
        throw new InvalidOperationException("It did not throw.");
    }
}
