using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Requests;

/// <summary>
/// Writes that may be sent again (contract, Idempotency). The ticket is entered in flight before the operation, in a commit of its
/// own, and finished in the operation's commit; nothing of the answer is kept but which resource it was.
/// </summary>
public sealed class Idempotency(NpgsqlDataSource database)
{
    public const string Header = "Idempotency-Key";

    /// <summary>Runs the operation, or shows the resource of the request that this one repeats.</summary>
    /// <param name="body">As it was sent.</param>
    /// <param name="operation">Ends in one commit and says by <see cref="Act.Answers"/> which resource answers.</param>
    /// <param name="show">Reads that resource, authorised as any reading of it.</param>
    public async Task<IResult> AnswerAsync<T>(
        HttpContext context, ReadOnlyMemory<byte> body, Func<Act, Task> operation, Func<Act, Guid, Task<T>> show)
    {
        var caller = Caller.Of(context).Act;
        var ticket = new RequestTicket(caller.By.TokenId ?? caller.By.Sending?.GrantId ?? Guid.Empty, KeyOf(context.Request));
        if (ticket.Key is not null) await EnterAsync(caller, ticket, Digest(context.Request, body.Span), context.RequestAborted);
        if (ticket.Status == 0)
        {
            try
            {
                await operation(caller with { Request = ticket });
            }
            catch
            {
                // A request that failed may be sent again, corrected or not.
                if (ticket.Key is not null) await FreeAsync(ticket);
                throw;
            }
        }

        var answer = await show(caller, Guid.Parse(ticket.ResourceId!));
        // Where the status depends on how far it came, showing it says which.
        return answer as IResult ?? TypedResults.Json(answer, statusCode: ticket.Status);
    }

    private static string? KeyOf(HttpRequest request) => request.Headers[Header] switch
    {
        [] => null,
        [{ Length: > 0 and <= 200 } key] => key,
        _ => throw Refusals.Invalid("An Idempotency-Key has 1 to 200 characters."),
    };

    /// <summary>
    /// Tells this request from another with the same key. Its own sender alone could forge it, and only against itself, which is why
    /// AES-GMAC will do for the body (a tenth of SHA-256's time on a picture). The sender's token is kept nowhere, so that nobody
    /// can tell from what is kept here whether a guessed body was sent.
    /// </summary>
    private static byte[] Digest(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var secret = SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Headers.Authorization}{request.Headers[SignIn.GrantHandler.Header]}\n{KeyOf(request)}"));
        var tag = new byte[16];
        using var gmac = new AesGcm(secret, tag.Length);
        // A constant nonce, because the same body has to give the same tag; no other key ever meets this one.
        gmac.Encrypt(nonce: new byte[12], plaintext: [], ciphertext: [], tag, associatedData: body);
        return SHA256.HashData([.. secret, .. Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}{request.QueryString}\n"), .. tag]);
    }

    /// <summary>Enters the ticket in flight, or gives it the status and resource of the request it repeats.</summary>
    /// <exception cref="Refusal"><c>request-in-flight</c> 409 · <c>idempotency-key-reused</c> 422 · <c>gone</c> 410.</exception>
    private async Task EnterAsync(Act act, RequestTicket ticket, byte[] digest, CancellationToken cancel)
    {
        // Taken over: what is older than a day, and what died in flight. The row's lock lets one of two through.
        await using var enter = database.CreateCommand("""
            insert into idempotency_answers as known (token_id, key, school_id, digest, lease_until)
            values ($1, $2, $3, $4, now() + interval '2 minutes')
            on conflict (token_id, key) do update
            set digest = excluded.digest, status = null, resource_id = null, photo_id = null,
              created_at = now(), lease_until = excluded.lease_until
            where known.created_at < now() - interval '24 hours'
              or (known.status is null and known.lease_until < now() and known.digest = excluded.digest)
            """);
        enter.Parameters.AddWithValue(ticket.TokenId);
        enter.Parameters.AddWithValue(ticket.Key!);
        enter.Parameters.AddWithValue(act.SchoolId);
        enter.Parameters.AddWithValue(digest);
        if (await enter.ExecuteNonQueryAsync(cancel) == 1) return;

        await using var select = database.CreateCommand("""
            select digest, status, resource_id, photo_id, exists (select from tombstones where tombstones.photo_id = known.photo_id)
            from idempotency_answers as known where token_id = $1 and key = $2
            """);
        select.Parameters.AddWithValue(ticket.TokenId);
        select.Parameters.AddWithValue(ticket.Key!);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        if (!await rows.ReadAsync(cancel)) throw InFlight();
        if (!rows.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(digest))
        {
            throw new Refusal(
                "idempotency-key-reused", 422, "The same Idempotency-Key was used for another request. Please send a new one.");
        }

        if (await rows.IsDBNullAsync(1, cancel)) throw InFlight();
        if (rows.GetBoolean(4)) throw Refusals.Gone();
        ticket.Status = rows.GetInt32(1);
        ticket.ResourceId = rows.GetString(2);
    }

    private async Task FreeAsync(RequestTicket ticket)
    {
        await using var free = database.CreateCommand(
            "delete from idempotency_answers where token_id = $1 and key = $2 and status is null");
        free.Parameters.AddWithValue(ticket.TokenId);
        free.Parameters.AddWithValue(ticket.Key!);
        try
        {
            // Also where the caller has gone away.
            await free.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The key stays taken until its lease ends; what went wrong is told by the operation.
        }
    }

    private static Refusal InFlight() =>
        new("request-in-flight", 409, "The same request is already being worked on. Please wait a moment.");
}
