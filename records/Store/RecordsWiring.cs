using Azure.Storage.Blobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Store;

/// <summary>The records, their stores and their operations, as every host uses them.</summary>
public static class RecordsWiring
{
    /// <summary>Name of the keys' own data source among the services.</summary>
    public const string KeysDatabase = "keys";

    /// <summary>The container of our objects in the account of <c>azure:CONNECTION</c>.</summary>
    private const string AzureContainer = "photoguard";

    /// <summary>How long one of us may stand still within a transaction, s: a work item's lease is longer, and none of our transactions waits for a picture.</summary>
    private const int IdleSeconds = 20;

    /// <param name="patience">How long anything the databases are asked may take, s; null for a host whose statements may be long ones.</param>
    /// <param name="plannedAnew">Statements are planned at every use, for what their tables hold then.</param>
    public static IServiceCollection AddRecords(
        this IServiceCollection services, PhotoGuardSettings settings, int? patience = null, bool plannedAnew = false)
    {
        services.AddSingleton(settings);
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton(_ => Open(settings.Database, "records", patience, plannedAnew));
        services.AddKeyedSingleton(KeysDatabase, (_, _) => Open(settings.Keys, KeysDatabase, patience, plannedAnew));
        services.AddDbContextPool<RecordsDb>((provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(_ => Keys.RootKey.LoadOrCreate(settings.RootKey));
        services.AddSingleton(provider => new KeyStore(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(KeysDatabase),
            provider.GetRequiredService<RootKey>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new KeyEpochs(provider.GetRequiredKeyedService<NpgsqlDataSource>(KeysDatabase), provider.GetRequiredService<RootKey>()));
        services.AddSingleton<IBlobStore>(_ => settings.Blobs.Split(':', 2) switch
        {
            ["disk", { Length: > 0 } path] => new DiskBlobStore(path),
            ["azure", { Length: > 0 } account] => new AzureBlobStore(
                new BlobServiceClient(account, AzureBlobStore.Options()).GetBlobContainerClient(AzureContainer), settings.KeyOnlyErasure),
            _ => throw new SettingsException("PHOTOGUARD_BLOBS is disk:PATH or azure:CONNECTION."),
        });
        services.AddSingleton<Readiness>();
        services.AddSingleton<ServingGate>();
        services.AddHostedService<StoreGate>();

        services.AddScoped<SchoolAdmin>();
        services.AddScoped<StaffAdmin>();
        services.AddScoped<TokenDesk>();
        services.AddScoped<Recognition>();
        services.AddScoped<SignIn>();
        services.AddScoped<SignInTries>();
        services.AddScoped<SecondFactors>();
        services.AddScoped<Passkeys>();
        services.AddScoped<SchoolAccounts>();
        services.AddScoped<Sessions>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<PersonShown>();
        services.AddScoped<SchoolZone>();
        services.AddScoped<FirstSchool>();
        services.AddScoped<DeviceDesk>();
        services.AddScoped<EnrolmentDesk>();
        services.AddScoped<UploadGrants>();
        services.AddScoped<UploadTerms>();

        services.AddScoped<PupilDesk>();
        services.AddScoped<PupilErasure>();
        services.AddScoped<GuardianDesk>();
        services.AddScoped<BlockDesk>();
        services.AddScoped<ConsentRecorder>();
        services.AddScoped<StandingReader>();
        services.AddScoped<ActivityDesk>();

        services.AddScoped<PhotoStandings>();
        services.AddScoped<PhotoSight>();
        services.AddScoped<PhotoVault>();
        services.AddScoped<PhotoOpening>();
        services.AddScoped<PhotoLinks>();
        services.AddScoped<PhotoList>();
        services.AddScoped<PrintOnDemand>();
        services.AddScoped<RedactionDesk>();
        services.AddScoped<RedactionWork>();
        services.AddScoped<RenditionDesk>();
        services.AddScoped<RenditionList>();
        services.AddScoped<ObjectSweep>();
        services.AddScoped<ScreeningDesk>();
        services.AddScoped<HoldDesk>();
        services.AddScoped<HoldList>();
        services.AddScoped<HoldReviews>();
        services.AddScoped<PoliceExports>();
        services.AddScoped<Deliveries>();
        services.AddScoped<ChangeFeed>();
        services.AddScoped<DateTurns>();
        services.AddScoped<Removals>();
        services.AddScoped<RemovalRun>();
        services.AddScoped<RemovalList>();
        services.AddScoped<RemovalSweep>();
        services.AddScoped<OverdueRemovals>();
        services.AddScoped<ConsentPreview>();
        services.AddScoped<Purges>();
        services.AddScoped<PurgeNights>();
        services.AddScoped<ClockWatch>();
        services.AddScoped<LifetimeDesk>();
        services.AddScoped<Lifetimes>();

        services.AddScoped<AuditReader>();
        services.AddScoped<ReadLog>();
        services.AddScoped<RefusedLooks>();
        services.AddScoped<BrowsingWatch>();
        services.AddScoped<AlarmDesk>();
        services.AddScoped<WhoLooked>();
        services.AddScoped<Sealer>();
        services.AddScoped<LedgerExport>();
        services.AddScoped<LedgerReplay>();
        services.AddScoped<RestoreDesk>();
        services.AddScoped<Backups>();
        services.AddScoped<KeyCopies>();
        services.AddScoped<BackupNotes>();
        services.AddScoped<RestoreRun>();
        services.AddScoped<WorkQueue>();
        services.AddScoped<WorkList>();
        services.AddScoped<Condition>();
        services.AddScoped<StuckWork>();
        services.AddScoped<WorkerSigns>();
        services.AddScoped<Housekeeping>();
        services.AddScoped<Verification>();
        return services;
    }

    /// <summary>Brings both databases and the store to the state this program needs; run once before the parts start.</summary>
    /// <exception cref="MigrationException">They cannot be brought there.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancel = default)
    {
        var (records, keys) = (services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<KeyStore>());
        await keys.PrepareAsync(cancel);
        // Only with the keys at hand can clear text of older data folders be sealed, which must come before it is dropped.
        await Records(records).MigrateAsync("sealed_text", cancel);
        var clear = new ClearText(records, keys);
        var wasClear = await clear.SealAsync(cancel);
        await Records(records).MigrateAsync(null, cancel);
        await LifetimesRole.PrepareAsync(records, cancel);
        if (wasClear) await clear.ForgetStatisticsAsync(cancel);
        await services.GetRequiredService<IBlobStore>().PrepareAsync(cancel);
    }

    /// <summary>
    /// Statements are parsed once a connection, not once a use, and a connection goes back to its pool as it is: nothing here sets
    /// anything on one that outlives its transaction (measured: a quarter of an upload's time in PostgreSQL was parsing and resetting).
    /// </summary>
    /// <remarks>
    /// Nothing waits for ever for the other side: neither we for a server that is gone without a word, nor a server for one of us that
    /// stopped within a transaction and would keep its locks.
    /// </remarks>
    /// <param name="name">In metrics and traces, instead of where it is.</param>
    private static NpgsqlDataSource Open(string database, string name, int? patience, bool plannedAnew)
    {
        var told = new NpgsqlConnectionStringBuilder(database)
        {
            MaxAutoPrepare = plannedAnew ? 0 : 200, AutoPrepareMinUsages = 3, NoResetOnClose = true, IncludeErrorDetail = false,
        };
        told.Options = $"{told.Options} -c idle_in_transaction_session_timeout={IdleSeconds}s -c client_connection_check_interval={IdleSeconds}s".TrimStart();
        // Asking a server that does not answer to leave it be may take as long again; that answer is not waited for.
        if (patience is { } seconds) (told.Timeout, told.CommandTimeout, told.CancellationTimeout) = (seconds, seconds, -1);
        return new NpgsqlDataSourceBuilder(told.ConnectionString) { Name = name }.Build();
    }

    internal static Migrator Records(NpgsqlDataSource database) => new(database, "PhotoGuard.Records.Store.Migrations.");
}
