using System.Net.Sockets;
using Azure;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace PhotoGuard.Records.Telemetry;

/// <summary>
/// A failure, told without personal data. A message may quote what was sent (<c>'2016-04-05x' was not recognized as a date</c>), so that only
/// messages of kinds that are known to speak of machines are repeated; of everything else the kind is told, and where it happened.
/// </summary>
public static class Telling
{
    /// <summary>On one line, with its causes, e.g. <c>PostgresException 23505 pupils_pkey</c>.</summary>
    public static string Told(this Exception error) => error.InnerException is { } cause ? $"{One(error)} <- {cause.Told()}" : One(error);

    private static string One(Exception error) => error switch
    {
        PostgresException told => $"{nameof(PostgresException)} {string.Join(' ', new[] { told.SqlState, told.Severity, told.TableName, told.ConstraintName }.Where(word => !string.IsNullOrEmpty(word)))}",
        RequestFailedException azure => $"{nameof(RequestFailedException)} {azure.Status} {azure.ErrorCode}",
        _ => SpeaksOfMachines(error) ? $"{error.GetType().Name}: {error.Message}" : error.GetType().Name,
    };

    private static bool SpeaksOfMachines(Exception error) => error switch
    {
        BadHttpRequestException => false,
        IOException or SocketException or NpgsqlException or TimeoutException or UnauthorizedAccessException => true,
        _ => error.GetType().Namespace?.StartsWith("PhotoGuard.", StringComparison.Ordinal) == true && error is not Store.Refusal,
    };
}
