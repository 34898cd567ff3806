using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace PhotoGuard.Records.Telemetry;

/// <summary>
/// The log of a process: one JSON object a line, <c>{at, level, from, says, error?, where?, trace?, span?}</c>. The framework's own format
/// would write scopes, in which addresses stand, and failures with their messages, in which anything may stand.
/// </summary>
public sealed class JsonLines(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "photoguard-json";

    // Told to a file or a terminal, never to a browser.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("at", time.GetUtcNow().UtcDateTime);
            json.WriteString("level", Word(logEntry.LogLevel));
            json.WriteString("from", logEntry.Category);
            json.WriteString("says", logEntry.Formatter(logEntry.State, null));
            if (logEntry.Exception is { } error)
            {
                json.WriteString("error", error.Told());
                json.WriteString("where", Where(error));
            }
            if (Activity.Current is { } span)
            {
                json.WriteString("trace", span.TraceId.ToHexString());
                json.WriteString("span", span.SpanId.ToHexString());
            }
            json.WriteEndObject();
        }
        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>The places that a failure and its causes passed through: methods, no values.</summary>
    private static string Where(Exception error) => error.InnerException is { } cause ? $"{error.StackTrace}\n<-\n{Where(cause)}" : error.StackTrace ?? "";

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
