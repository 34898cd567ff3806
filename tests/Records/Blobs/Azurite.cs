using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Tests.Records.Blobs;

/// <summary>
/// The emulator of Azure Blob Storage, one for a run of the tests, in memory. Installed by <c>npm ci</c> in tests/azurite, or
/// where <c>PHOTOGUARD_AZURITE</c> names another folder of node modules.
/// </summary>
public sealed partial class Azurite
{
    /// <summary>Accounts: the store's, and one each for backups and for copies of the keys.</summary>
    public const string Backups = "backups", Keys = "keycopies";
    private const string Account = "tests";

    private static readonly Lazy<Task<Azurite>> Shared = new(StartAsync);

    private readonly string address, key;
    private readonly TiedProcess process;

    private Azurite(string address, string key, TiedProcess process)
    {
        (this.address, this.key) = (address, key);
        this.process = process;
    }

    /// <summary>Starts it at the first call. Nobody stops it: it ends with the tests.</summary>
    public static Task<Azurite> SharedAsync() => Shared.Value;

    /// <summary>A container with a name of its own, not made yet.</summary>
    public BlobContainerClient NewContainer(Action<BlobClientOptions>? change = null)
    {
        GC.KeepAlive(process);
        var options = AzureBlobStore.Options();
        change?.Invoke(options);
        return new(Connection(Account), $"c{Guid.NewGuid():N}", options);
    }

    /// <summary>A container of one of the accounts.</summary>
    public BlobContainerClient Container(string account, string name) => new(Connection(account), name, AzureBlobStore.Options());

    public string Connection(string account) => $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};BlobEndpoint={address}/{account}";

    private static async Task<Azurite> StartAsync()
    {
        var modules = Environment.GetEnvironmentVariable("PHOTOGUARD_AZURITE") is { Length: > 0 } set
            ? set
            : Path.Combine(PhotosFolder.ProjectRoot, "tests", "azurite", "node_modules");
        var program = Path.Combine(modules, "azurite", "dist", "src", "blob", "main.js");
        if (!File.Exists(program))
            throw new InvalidOperationException($"The Azure emulator is not in {modules}: run `npm ci` in tests/azurite, as script/test does.");
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        var process = TiedProcess.Start(
            "env", $"AZURITE_ACCOUNTS={string.Join(';', new[] { Account, Backups, Keys }.Select(account => $"{account}:{key}"))}",
            "node", program, "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--silent", "--disableTelemetry");
        while (await process.Output.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
                return new(match.Groups[1].Value, key, process);
        }

        throw new InvalidOperationException("The Azure emulator ended before it listened.");
    }

    [GeneratedRegex(@"successfully listens? on (http://127\.0\.0\.1:[1-9]\d*)")]
    private static partial Regex Listening();
}
