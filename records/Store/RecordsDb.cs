using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Holds;
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

/// <summary>The records, as the numbered migrations made them (records/Store/Migrations).</summary>
public sealed partial class RecordsDb(DbContextOptions<RecordsDb> options) : DbContext(options)
{
    public DbSet<School> Schools => Set<School>();
    public DbSet<PolicySwitches> PolicySwitches => Set<PolicySwitches>();
    public DbSet<StaffMember> Staff => Set<StaffMember>();
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();
    public DbSet<SignInLink> SignInLinks => Set<SignInLink>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<SignInStep> SignInSteps => Set<SignInStep>();
    public DbSet<SignInTry> SignInTries => Set<SignInTry>();
    public DbSet<KnownBrowser> KnownBrowsers => Set<KnownBrowser>();
    public DbSet<KnownNetwork> KnownNetworks => Set<KnownNetwork>();
    public DbSet<SchoolAccount> SchoolAccounts => Set<SchoolAccount>();
    public DbSet<Passkey> Passkeys => Set<Passkey>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<Device> Devices => Set<Device>();
    public DbSet<DeviceEnrolment> DeviceEnrolments => Set<DeviceEnrolment>();
    public DbSet<EnrolmentTries> EnrolmentTries => Set<EnrolmentTries>();
    public DbSet<UploadGrant> UploadGrants => Set<UploadGrant>();
    public DbSet<Pupil> Pupils => Set<Pupil>();
    public DbSet<PupilTombstone> PupilTombstones => Set<PupilTombstone>();
    public DbSet<Guardian> Guardians => Set<Guardian>();
    public DbSet<SafeguardingBlock> SafeguardingBlocks => Set<SafeguardingBlock>();
    public DbSet<ConsentAnswer> ConsentAnswers => Set<ConsentAnswer>();
    public DbSet<ConsentInvalidation> ConsentInvalidations => Set<ConsentInvalidation>();
    public DbSet<Activity> Activities => Set<Activity>();
    public DbSet<ActivityDecision> ActivityDecisions => Set<ActivityDecision>();
    public DbSet<Photo> Photos => Set<Photo>();
    public DbSet<PhotoPupil> PhotoPupils => Set<PhotoPupil>();
    public DbSet<Redaction> Redactions => Set<Redaction>();
    public DbSet<PictureDigest> PictureDigests => Set<PictureDigest>();
    public DbSet<StoredObject> Objects => Set<StoredObject>();
    public DbSet<ScreeningDecision> ScreeningDecisions => Set<ScreeningDecision>();
    public DbSet<Concern> Concerns => Set<Concern>();
    public DbSet<Hold> Holds => Set<Hold>();
    public DbSet<PoliceExport> PoliceExports => Set<PoliceExport>();
    public DbSet<PublicationRecord> Publications => Set<PublicationRecord>();
    public DbSet<RemovalOrder> Removals => Set<RemovalOrder>();
    public DbSet<Tombstone> Tombstones => Set<Tombstone>();
    public DbSet<Certificate> Certificates => Set<Certificate>();
    public DbSet<Purge> Purges => Set<Purge>();
    public DbSet<LifetimeRun> LifetimeRuns => Set<LifetimeRun>();
    public DbSet<NotedClock> Clock => Set<NotedClock>();
    public DbSet<ClockJump> ClockJumps => Set<ClockJump>();
    public DbSet<SweepNote> Sweeps => Set<SweepNote>();
    public DbSet<WorkItem> Work => Set<WorkItem>();
    public DbSet<WorkerSeen> Workers => Set<WorkerSeen>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<AuditUnsealed> AuditUnsealed => Set<AuditUnsealed>();
    public DbSet<AuditSeal> AuditSeals => Set<AuditSeal>();
    public DbSet<AuditBridge> AuditBridges => Set<AuditBridge>();
    public DbSet<AccessAlarm> AccessAlarms => Set<AccessAlarm>();
    public DbSet<AccessWatch> AccessWatches => Set<AccessWatch>();
    public DbSet<RefusedLook> RefusedLooks => Set<RefusedLook>();
    public DbSet<LedgerMark> LedgerMarks => Set<LedgerMark>();
    public DbSet<Restore> Restores => Set<Restore>();
    public DbSet<Backup> Backups => Set<Backup>();
    public DbSet<IdempotencyAnswer> IdempotencyAnswers => Set<IdempotencyAnswer>();
    public DbSet<FeedChange> FeedChanges => Set<FeedChange>();
    public DbSet<FeedItem> FeedItems => Set<FeedItem>();
    public DbSet<FeedHead> FeedHeads => Set<FeedHead>();
    public DbSet<FeedTold> FeedTold => Set<FeedTold>();
    public DbSet<DateTurn> DateTurns => Set<DateTurn>();

    /// <summary>The database's clock, on which deletion and clearance are decided (law 8); never earlier than it has been.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancel = default) =>
        (await Database.SqlQuery<DateTimeOffset>($"select steady_now() as \"Value\"").ToListAsync(cancel))[0];

    /// <summary>The same at this very moment, also inside a transaction that had to wait.</summary>
    public async Task<DateTimeOffset> ClockAsync(CancellationToken cancel = default) =>
        (await Database.SqlQuery<DateTimeOffset>($"select greatest(clock_timestamp(), steady_now()) as \"Value\"").ToListAsync(cancel))[0];
}
