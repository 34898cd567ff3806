using Npgsql;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Problems;

/// <summary>Every answer that is a refusal or a failure leaves as a problem; what went wrong inside is for the log alone.</summary>
public sealed class ProblemMiddleware(
    RequestDelegate next, NpgsqlDataSource records, [FromKeyedServices(RecordsWiring.KeysDatabase)] NpgsqlDataSource keys, ILogger<ProblemMiddleware> log)
{
    /// <summary>idle_in_transaction_session_timeout.</summary>
    private const string IdleTooLong = "25P03";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (Framework(context.Response) is { } refusal) await Problem.WriteAsync(context, refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (Exception error)
        {
            var refusal = Told(error);
            if (refusal.Status is 500 or 503 or 507) log.LogError(error, "{Type}", refusal.Type);
            if (context.Response.HasStarted)
            {
                // Half an answer must not look like a whole one.
                context.Abort();
                return;
            }

            context.Response.Clear();
            await Problem.WriteAsync(context, refusal);
        }
    }

    /// <summary>A refusal of the framework's own, which has a status and no body.</summary>
    private static Refusal? Framework(HttpResponse response) =>
        response.HasStarted || response.ContentLength is not null || response.ContentType is not null
            ? null
            : response.StatusCode switch
            {
                400 => new("malformed-request", 400, "The request cannot be read."),
                401 => Problem.SignInNeeded(),
                404 => new("not-found", 404, "There is nothing at this address."),
                405 => new("method-not-allowed", 405, "This cannot be done at this address."),
                413 => Problem.TooLarge(),
                415 => new("not-json", 415, "Please send JSON, with Content-Type: application/json."),
                _ => null,
            };

    private Refusal Told(Exception error)
    {
        if (error is Refusal refusal) return refusal;
        if (error is BadHttpRequestException { StatusCode: 413 }) return Problem.TooLarge();
        if (error is BadHttpRequestException { StatusCode: 408 })
            return new("too-slow", 408, "The request took too long to arrive. Please try again.");
        if (error is BadHttpRequestException) return new("malformed-request", 400, "The request cannot be read.");
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is BlobStoreFullException or PostgresException { SqlState: PostgresErrorCodes.DiskFull })
                return new("store-full", 507, "There is no room left to keep this. Please tell the ICT lead.");
            if (cause is BlobStoreUnavailableException)
                return new("store-unavailable", 503, "Pictures cannot be reached right now. Please try again in a few minutes.");
            if (IsOutOfStep(cause))
            {
                // That connection would give the same answer for ever: all of them are opened anew.
                records.Clear();
                keys.Clear();
            }
            if (IsPassing(cause) || IsOutOfStep(cause))
                return new("try-again", 503, "The service cannot be reached for a moment. Please try again.");
            if (cause is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire })
                return Refusals.Invalid("The request holds characters that cannot be kept.");
        }

        return new("failed", 500, "Something went wrong here; nothing was changed. Please tell the ICT lead if it happens again.");
    }

    /// <summary>
    /// The database is away, starting, stopping, too busy, a copy that only reads, or asks to try again; or the driver refuses to go on with
    /// what broke a moment ago.
    /// </summary>
    private static bool IsPassing(Exception cause) => cause is PostgresException told
        ? told.IsTransient || told.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.ReadOnlySqlTransaction
            or IdleTooLong
        : cause is NpgsqlException or TimeoutException or InvalidOperationException { Source: nameof(Npgsql) };

    /// <summary>
    /// The driver and the server disagree on which statements of a connection are prepared, as after a connection that broke while one was
    /// (seen with Npgsql 10 when the server was stopped).
    /// </summary>
    private static bool IsOutOfStep(Exception cause) => cause is PostgresException
    {
        SqlState: PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InvalidSqlStatementName,
    };
}
