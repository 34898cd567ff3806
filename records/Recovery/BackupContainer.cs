using System.Text.RegularExpressions;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>
/// Backups in an Azure container of their own, <c>azure:CONTAINER</c>. The account of the backups and that of the copies of the keys are
/// named apart, and are two: whoever has an account's key opens all its containers.
/// </summary>
internal sealed partial class BackupContainer : BackupPlace
{
    private const string Scheme = "azure:";

    private readonly BlobContainerClient container;
    private readonly AzureCalls calls;
    private readonly string spool;

    private BackupContainer(BlobContainerClient container, string spool)
    {
        (this.container, this.spool) = (container, spool);
        calls = new(container);
    }

    public override string Name => Scheme + container.Name;

    /// <summary>The container that an address names; null where it names none.</summary>
    public static string? NameIn(string address) => address.StartsWith(Scheme, StringComparison.Ordinal) ? address[Scheme.Length..] : null;

    /// <exception cref="RecoveryException">No container can have that name, or no account is named for it.</exception>
    public static BackupContainer Of(string name, BackupOf what, PhotoGuardSettings settings) =>
        Names().IsMatch(name) && !name.Contains("--", StringComparison.Ordinal)
            ? new(AccountOf(what, settings).GetBlobContainerClient(name), settings.Data)
            : throw new RecoveryException($"'{name}' is not the name of an Azure container: 3 to 63 small letters, digits and single hyphens.");

    /// <exception cref="RecoveryException">It lies too near to the other kind or to the pictures, is open to the public, or keeps what is deleted.</exception>
    /// <exception cref="BlobStoreUnavailableException">The account cannot be reached, or refuses.</exception>
    public static async Task<BackupContainer> MakeInAsync(string name, BackupOf what, PhotoGuardSettings settings, CancellationToken cancel)
    {
        var made = Of(name, what, settings);
        var other = what == BackupOf.Keys ? BackupOf.Records : BackupOf.Keys;
        if (ConnectionOf(other, settings) is not null && made.IsIn(AccountOf(other, settings)))
            throw new RecoveryException($"The account {made.container.AccountName} is named for backups and for keys: who can open one container can open the other. Keep the keys in an account of their own.");
        if (settings.Blobs.Split(':', 2) is ["azure", var pictures] && made.IsIn(new BlobServiceClient(pictures)))
            throw new RecoveryException($"The account {made.container.AccountName} holds the pictures themselves: whatever takes them takes what is to bring them back. Choose another account.");
        await made.PrepareAsync(what, cancel);
        if (await made.ExistsAsync(MarkOf(other), cancel)) throw TooNear(made.Name, made.Name);
        return made;
    }

    internal override async Task WriteAsync(string name, Func<Stream, Task> fill, CancellationToken cancel)
    {
        // Its end is not known before, and an upload that is broken off must leave nothing: it is sent once it is whole.
        var path = Path.Combine(spool, $"backing-up-{Guid.NewGuid():N}");
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.Asynchronous,
        });
        // Without a name already: nothing is left of it, however this process ends.
        File.Delete(path);
        await fill(file);
        file.Position = 0;
        await calls.TellAsync(async () => await container.GetBlobClient(name).UploadAsync(file, new BlobUploadOptions
        {
            TransferValidation = new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 },
        }, cancel), cancel);
    }

    internal override Task<Stream?> OpenAsync(string name, CancellationToken cancel) => calls.TellAsync<Stream?>(async () =>
    {
        try
        {
            return new AzureReadStream(await container.GetBlobClient(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancel), name, calls.Told);
        }
        catch (RequestFailedException absent) when (absent.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }, cancel);

    internal override Task<bool> ExistsAsync(string name, CancellationToken cancel) => calls.TellAsync(async () =>
    {
        try
        {
            await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancel);
            return true;
        }
        catch (RequestFailedException absent) when (absent.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return false;
        }
    }, cancel);

    internal override Task<IReadOnlyList<string>> TopAsync(CancellationToken cancel) => calls.TellAsync<IReadOnlyList<string>>(async () =>
        [.. await container.GetBlobsByHierarchyAsync(delimiter: "/", cancellationToken: cancel).Select(item => item.IsPrefix ? item.Prefix.TrimEnd('/') : item.Blob.Name).ToListAsync(cancel)], cancel);

    internal override async IAsyncEnumerable<string> BelowAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var blobs = container.GetBlobsAsync(prefix: $"{folder}/", cancellationToken: cancel).GetAsyncEnumerator(cancel);
        while (await calls.TellAsync(() => blobs.MoveNextAsync().AsTask(), cancel)) yield return blobs.Current.Name;
    }

    internal override Task DeleteAsync(string name, CancellationToken cancel) => calls.TellAsync(async () =>
        await container.GetBlobClient(name).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancel), cancel);

    /// <summary>There is nothing to overwrite; that nothing is kept of it was looked for when the place was made.</summary>
    internal override Task DestroyAsync(string name, CancellationToken cancel) => DeleteAsync(name, cancel);

    private bool IsIn(BlobServiceClient account) => (account.Uri.Host, account.AccountName) == (container.Uri.Host, container.AccountName);

    private Task PrepareAsync(BackupOf what, CancellationToken cancel) => calls.TellAsync(async () =>
    {
        await container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancel);
        BlobContainerProperties properties = await container.GetPropertiesAsync(cancellationToken: cancel);
        if (properties.PublicAccess is not (null or PublicAccessType.None))
            throw new RecoveryException($"{calls.Description} is open to the public: set its access level to private.");
        var keeps = await AzurePosture.LookAsync(container, properties, cancel);
        return keeps.Count == 0 ? true : throw new RecoveryException(
            $"{calls.Description} keeps what is deleted ({string.Join(", ", keeps)}): what is kept {(what == BackupOf.Keys ? KeyCopies.Kept : Backups.Kept).Days} days here would be there for longer. Turn that off, or choose another account.");
    }, cancel);

    private static BlobServiceClient AccountOf(BackupOf what, PhotoGuardSettings settings)
    {
        var variable = what == BackupOf.Keys ? PhotoGuardSettings.KeyCopiesAccountVariable : PhotoGuardSettings.BackupAccountVariable;
        try
        {
            return new(ConnectionOf(what, settings) ?? throw new RecoveryException($"For a container, {variable} names its account by a connection string."), AzureBlobStore.Options());
        }
        catch (FormatException)
        {
            throw new RecoveryException($"{variable} is not the connection string of an Azure storage account.");
        }
    }

    private static string? ConnectionOf(BackupOf what, PhotoGuardSettings settings) => what == BackupOf.Keys ? settings.KeyCopiesAccount : settings.BackupAccount;

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$")]
    private static partial Regex Names();
}
