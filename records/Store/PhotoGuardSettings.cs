using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace PhotoGuard.Records.Store;

/// <summary>What every process is told from outside; script/run sets all of it as environment variables.</summary>
/// <param name="Database"><c>PHOTOGUARD_DATABASE</c>: connection string of the records.</param>
/// <param name="Keys"><c>PHOTOGUARD_KEYS</c>: connection string of the keys' own database.</param>
/// <param name="Data"><c>PHOTOGUARD_DATA</c>: the data folder, for what belongs to this machine only.</param>
/// <param name="RootKey"><c>PHOTOGUARD_ROOT_KEY</c>: path of the root key's file.</param>
/// <param name="Blobs"><c>PHOTOGUARD_BLOBS</c>: <c>disk:PATH</c> or <c>azure:CONNECTION</c>.</param>
/// <param name="Node"><c>PHOTOGUARD_NODE</c>: this node's name, e.g. n1.</param>
/// <param name="PublicUrl"><c>PHOTOGUARD_PUBLIC_URL</c>: how people reach the service, without a closing slash.</param>
/// <param name="MaxUploadMb"><c>PHOTOGUARD_MAX_UPLOAD_MB</c>: largest picture taken, in MB of 1,000,000 bytes.</param>
public sealed record PhotoGuardSettings(
    string Database, string Keys, string Data, string RootKey, string Blobs, string Node, string PublicUrl, int MaxUploadMb)
{
    internal const string BackupAccountVariable = "PHOTOGUARD_BACKUP_AZURE", KeyCopiesAccountVariable = "PHOTOGUARD_KEYCOPIES_AZURE";

    /// <summary><c>PHOTOGUARD_CLAMD</c>: the malware scanner that every upload has to pass (P25), <c>HOST:PORT</c> or <c>unix:PATH</c>; null for none.</summary>
    public string? Clamd { get; init; }

    /// <summary><c>PHOTOGUARD_LEDGER</c>: the folder of the ledger, outside every database; best on a disk that the database's owner cannot write.</summary>
    public string Ledger { get; init; } = Path.Combine(Data, "ledger");

    /// <summary>Where this node appends.</summary>
    public string LedgerFile => Path.Combine(Ledger, Node + Records.Ledger.LedgerFile.Extension);

    /// <summary><c>PHOTOGUARD_SIGN_IN</c>: the file that names the providers of school accounts; sign-in.json of the data folder where that is there.</summary>
    public string? SignIn { get; init; }

    /// <summary>
    /// <c>PHOTOGUARD_PROXIES</c>: addresses or networks of the reverse proxies, separated by commas; only what they say of a client is believed.
    /// </summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary><c>PHOTOGUARD_ERASURE=key-only</c>: it is accepted that the store keeps what is deleted for a while, unreadable.</summary>
    public bool KeyOnlyErasure { get; init; }

    /// <summary><c>PHOTOGUARD_BACKUP_AZURE</c>: connection string of the account of <c>backup azure:CONTAINER</c>.</summary>
    public string? BackupAccount { get; init; }

    /// <summary><c>PHOTOGUARD_KEYCOPIES_AZURE</c>: connection string of the account of <c>backup --keys azure:CONTAINER</c>, another one.</summary>
    public string? KeyCopiesAccount { get; init; }

    /// <summary>Largest picture taken, bytes.</summary>
    public int MaxUploadBytes => MaxUploadMb * 1_000_000;

    /// <exception cref="SettingsException">One is missing or is not what it should be.</exception>
    public static PhotoGuardSettings From(IConfiguration told)
    {
        var data = Needed("PHOTOGUARD_DATA");
        return new(
            Needed("PHOTOGUARD_DATABASE"),
            Needed("PHOTOGUARD_KEYS"),
            data,
            told["PHOTOGUARD_ROOT_KEY"] ?? Path.Combine(data, "keys", "root.key"),
            told["PHOTOGUARD_BLOBS"] ?? $"disk:{Path.Combine(data, "blobs")}",
            told["PHOTOGUARD_NODE"] ?? "n1",
            Address(told["PHOTOGUARD_PUBLIC_URL"] ?? "http://127.0.0.1:5480"),
            Megabytes(told["PHOTOGUARD_MAX_UPLOAD_MB"] ?? "40"))
        {
            Clamd = Scanner(told["PHOTOGUARD_CLAMD"]),
            Ledger = told["PHOTOGUARD_LEDGER"] is { Length: > 0 } ledger ? ledger : Path.Combine(data, "ledger"),
            SignIn = told["PHOTOGUARD_SIGN_IN"] is { Length: > 0 } file ? file
                : File.Exists(Path.Combine(data, "sign-in.json")) ? Path.Combine(data, "sign-in.json") : null,
            Proxies = Networks(told["PHOTOGUARD_PROXIES"]),
            BackupAccount = told[BackupAccountVariable] is { Length: > 0 } backups ? backups : null,
            KeyCopiesAccount = told[KeyCopiesAccountVariable] is { Length: > 0 } copies ? copies : null,
            KeyOnlyErasure = told["PHOTOGUARD_ERASURE"] switch
            {
                null or "" => false,
                "key-only" => true,
                _ => throw new SettingsException("PHOTOGUARD_ERASURE is key-only, or not set."),
            },
        };

        string Needed(string name) => told[name] is { Length: > 0 } value
            ? value
            : throw new SettingsException($"{name} is not set; script/run sets it.");
    }

    private static string? Scanner(string? address) => address switch
    {
        null or "" => null,
        _ when address.StartsWith("unix:/", StringComparison.Ordinal) => address,
        _ when address.Split(':') is [.. { Length: > 0 }, var port] && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _) => address,
        _ => throw new SettingsException("PHOTOGUARD_CLAMD is HOST:PORT or unix:PATH."),
    };

    private static string Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.PathAndQuery == "/" && address.UserInfo.Length == 0
            ? text.TrimEnd('/')
            : throw new SettingsException("PHOTOGUARD_PUBLIC_URL is like https://photos.school.example, without a path.");

    private static IPNetwork[] Networks(string? text) =>
    [
        .. (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one =>
            IPNetwork.TryParse(one, out var network) ? network
            : IPAddress.TryParse(one, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new SettingsException("PHOTOGUARD_PROXIES is addresses or networks such as 10.0.0.5 or 10.0.0.0/24, separated by commas.")),
    ];

    private static int Megabytes(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var megabytes) && megabytes is >= 1 and <= 500
            ? megabytes
            : throw new SettingsException("PHOTOGUARD_MAX_UPLOAD_MB is a number from 1 to 500.");
}

/// <summary>The process was not told what it needs.</summary>
public sealed class SettingsException(string message) : Exception(message);
