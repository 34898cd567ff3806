using Npgsql;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Recovery;

namespace PhotoGuard.Records.Store;

/// <summary>Whether this process can do its work now: databases reached and up to date, root key right, store reached.</summary>
public sealed class Readiness(NpgsqlDataSource database, KeyStore keys, IBlobStore blobs, ServingGate gate)
{
    private static readonly string Nowhere = BlobName.Of(Guid.Empty, 0, "original");
    private volatile bool prepared;

    /// <summary>Looks; every failure is an answer, not an exception.</summary>
    public async Task<bool> LookAsync(CancellationToken cancel)
    {
        try
        {
            if (!await RecordsWiring.Records(database).IsCurrentAsync(cancel)) return false;
            // The root key and the store of a running process do not change: they are looked at once.
            if (!prepared)
            {
                await keys.PrepareAsync(cancel);
                await blobs.PrepareAsync(cancel);
                prepared = true;
            }

            await keys.ExistsAsync(Guid.Empty, cancel);
            await blobs.ExistsAsync(Nowhere, cancel);
            // Where two people are waited for, they have to be able to sign in.
            return (await gate.LookAsync(cancel)).State != GateState.Replaying;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return false;
        }
    }
}
