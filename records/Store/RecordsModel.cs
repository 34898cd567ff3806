using System.Text;
using Microsoft.EntityFrameworkCore;
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

/// <summary>How the records lie in the tables. The migrations rule; a test holds this model against the live schema.</summary>
public sealed partial class RecordsDb
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        Word<Channel>(configurationBuilder);
        Word<Role>(configurationBuilder);
        Word<PolicyProfile>(configurationBuilder);
        Word<Answer>(configurationBuilder);
        Word<AnswererKind>(configurationBuilder);
        Word<AnswerRoute>(configurationBuilder);
        Word<Approval>(configurationBuilder);
        Word<PhotoKind>(configurationBuilder);
        Word<TakenFrom>(configurationBuilder);
        Word<ObjectKind>(configurationBuilder);
        Word<RedactionFill>(configurationBuilder);
        Word<ScreeningState>(configurationBuilder);
        Word<ConcernKind>(configurationBuilder);
        Word<PublicationKind>(configurationBuilder);
        Word<RemovalPlace>(configurationBuilder);
        Word<RemovalCause>(configurationBuilder);
        Word<PurgeState>(configurationBuilder);
        Word<StopReason>(configurationBuilder);
        Word<Erasure>(configurationBuilder);
        Word<JumpEnding>(configurationBuilder);
        Word<OtherCameras>(configurationBuilder);
        Word<ActorKind>(configurationBuilder);
        Word<LossReason>(configurationBuilder);
        Word<Decoding>(configurationBuilder);
        configurationBuilder.Properties<SealedText>().HaveConversion<SealedText.Converter>();
        Word<RestoreWhy>(configurationBuilder);
        Word<RestoreState>(configurationBuilder);
        Word<BackupOf>(configurationBuilder);
        Word<SignInWay>(configurationBuilder);
        Word<StepKind>(configurationBuilder);
        Word<AlarmKind>(configurationBuilder);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<School>().ToTable("schools");
        modelBuilder.Entity<PolicySwitches>().ToTable("policy_switches").HasKey(row => row.SchoolId);
        modelBuilder.Entity<StaffMember>().ToTable("staff");
        modelBuilder.Entity<AccessToken>().ToTable("access_tokens");
        modelBuilder.Entity<SignInLink>().ToTable("sign_in_links").HasKey(row => row.Hash);
        modelBuilder.Entity<Session>().ToTable("sessions").HasKey(row => row.Hash);
        modelBuilder.Entity<SignInStep>().ToTable("sign_in_steps").HasKey(row => row.Hash);
        modelBuilder.Entity<SignInTry>().ToTable("sign_in_tries").HasKey(row => row.Key);
        modelBuilder.Entity<KnownBrowser>().ToTable("known_browsers").HasKey(row => new { row.StaffId, row.Hash });
        modelBuilder.Entity<KnownNetwork>().ToTable("known_networks").HasKey(row => new { row.SchoolId, row.Digest });
        modelBuilder.Entity<SchoolAccount>().ToTable("staff_identities").HasKey(row => new { row.Issuer, row.Subject });
        modelBuilder.Entity<Passkey>().ToTable("passkeys").HasKey(row => row.CredentialId);
        modelBuilder.Entity<RecoveryCode>().ToTable("recovery_codes").HasKey(row => row.Hash);
        modelBuilder.Entity<Device>().ToTable("devices");
        modelBuilder.Entity<DeviceEnrolment>().ToTable("device_enrolments");
        modelBuilder.Entity<EnrolmentTries>().ToTable("enrolment_tries").HasKey(row => row.Quarter);
        modelBuilder.Entity<UploadGrant>().ToTable("upload_grants");
        modelBuilder.Entity<Pupil>().ToTable("pupils");
        modelBuilder.Entity<PupilTombstone>().ToTable("pupil_tombstones").HasKey(row => row.PupilId);
        modelBuilder.Entity<Guardian>().ToTable("guardians");
        modelBuilder.Entity<SafeguardingBlock>().ToTable("safeguarding_blocks");
        modelBuilder.Entity<ConsentAnswer>().ToTable("consent_answers")
            .HasOne(row => row.Invalidation).WithOne().HasForeignKey<ConsentInvalidation>(row => row.AnswerId);
        modelBuilder.Entity<ConsentAnswer>().Ignore(row => row.IsNo).Navigation(row => row.Invalidation).AutoInclude();
        modelBuilder.Entity<ConsentInvalidation>().ToTable("consent_invalidations").HasKey(row => row.AnswerId);
        modelBuilder.Entity<DateTurn>().ToTable("date_turns").HasKey(row => row.SchoolId);
        modelBuilder.Entity<Activity>().ToTable("activities");
        modelBuilder.Entity<ActivityDecision>().ToTable("activity_decisions");
        modelBuilder.Entity<Photo>().ToTable("photos");
        modelBuilder.Entity<PhotoPupil>().ToTable("photo_pupils").HasKey(row => new { row.PhotoId, row.PupilId });
        modelBuilder.Entity<Redaction>().Ignore(row => row.Areas).Ignore(row => row.KeyOwner).ToTable("redactions").HasKey(row => row.PhotoId);
        modelBuilder.Entity<PictureDigest>().ToTable("picture_digests").HasKey(row => new { row.SchoolId, row.Digest });
        modelBuilder.Entity<StoredObject>().ToTable("objects").HasKey(row => row.Name);
        modelBuilder.Entity<ScreeningDecision>().ToTable("screening_decisions");
        modelBuilder.Entity<Concern>().ToTable("concerns");
        modelBuilder.Entity<Hold>().ToTable("holds");
        modelBuilder.Entity<PoliceExport>().ToTable("police_exports");
        modelBuilder.Entity<PublicationRecord>().ToTable("publications");
        modelBuilder.Entity<RemovalOrder>().ToTable("removals");
        modelBuilder.Entity<Tombstone>().ToTable("tombstones").HasKey(row => row.PhotoId);
        modelBuilder.Entity<Certificate>().ToTable("certificates").HasKey(row => row.PhotoId);
        modelBuilder.Entity<Purge>().ToTable("purges");
        modelBuilder.Entity<LifetimeRun>().ToTable("lifetime_runs");
        modelBuilder.Entity<NotedClock>().ToTable("clock").HasKey(row => row.One);
        modelBuilder.Entity<ClockJump>().ToTable("clock_jumps");
        modelBuilder.Entity<SweepNote>().ToTable("sweeps").HasKey(row => row.One);
        modelBuilder.Entity<WorkItem>().ToTable("work");
        modelBuilder.Entity<WorkerSeen>().ToTable("workers").HasKey(row => row.Node);
        modelBuilder.Entity<AuditEntry>().ToTable("audit_entries");
        modelBuilder.Entity<AuditUnsealed>().ToTable("audit_unsealed").HasKey(row => row.EntryId);
        modelBuilder.Entity<AuditSeal>().ToTable("audit_seals").HasKey(row => new { row.SchoolId, row.Position });
        modelBuilder.Entity<AuditBridge>().ToTable("audit_bridges").HasKey(row => new { row.SchoolId, row.Position });
        modelBuilder.Entity<AccessAlarm>().ToTable("access_alarms");
        modelBuilder.Entity<AccessWatch>().ToTable("access_watches").HasKey(row => row.SchoolId);
        modelBuilder.Entity<RefusedLook>().ToTable("refused_looks").HasKey(row => new { row.StaffId, row.Minute });
        modelBuilder.Entity<LedgerMark>().ToTable("ledger_marks").HasKey(row => new { row.SchoolId, row.Node });
        modelBuilder.Entity<Restore>().ToTable("restores");
        modelBuilder.Entity<Backup>().ToTable("backups");
        modelBuilder.Entity<IdempotencyAnswer>().ToTable("idempotency_answers").HasKey(row => new { row.TokenId, row.Key });
        modelBuilder.Entity<FeedChange>().ToTable("feed_changes");
        modelBuilder.Entity<FeedItem>().ToTable("feed_items").HasKey(row => new { row.SchoolId, row.Channel, row.PhotoId });
        modelBuilder.Entity<FeedHead>().ToTable("feed_heads").HasKey(row => row.SchoolId);
        modelBuilder.Entity<FeedTold>().ToTable("feed_told").HasKey(row => new { row.SchoolId, row.Channel, row.PhotoId });

        // Told to EF so that it inserts parents first; the constraints themselves stand in the migrations.
        Child<PolicySwitches, School>(modelBuilder, nameof(AuditEntry.SchoolId));
        Child<StaffMember, School>(modelBuilder, nameof(AuditEntry.SchoolId));
        Child<Device, School>(modelBuilder, nameof(AuditEntry.SchoolId));
        Child<AuditEntry, School>(modelBuilder, nameof(AuditEntry.SchoolId));
        Child<FeedHead, School>(modelBuilder, nameof(AuditEntry.SchoolId));
        Child<DateTurn, School>(modelBuilder, nameof(AuditEntry.SchoolId));
        Child<AccessToken, StaffMember>(modelBuilder, nameof(AccessToken.StaffId));
        Child<SignInLink, StaffMember>(modelBuilder, nameof(SignInLink.StaffId));
        Child<Session, StaffMember>(modelBuilder, nameof(Session.StaffId));
        Child<SignInStep, StaffMember>(modelBuilder, nameof(SignInStep.StaffId));
        Child<SchoolAccount, StaffMember>(modelBuilder, nameof(SchoolAccount.StaffId));
        Child<Passkey, StaffMember>(modelBuilder, nameof(Passkey.StaffId));
        Child<RecoveryCode, StaffMember>(modelBuilder, nameof(RecoveryCode.StaffId));
        Child<AccessToken, Device>(modelBuilder, nameof(AccessToken.DeviceId));
        Child<SignInLink, Device>(modelBuilder, nameof(SignInLink.DeviceId));
        Child<DeviceEnrolment, Device>(modelBuilder, nameof(SignInLink.DeviceId));
        Child<PhotoPupil, Photo>(modelBuilder, nameof(PhotoPupil.PhotoId));
        Child<ScreeningDecision, Photo>(modelBuilder, nameof(PhotoPupil.PhotoId));
        Child<Concern, Photo>(modelBuilder, nameof(PhotoPupil.PhotoId));
        Child<Hold, Photo>(modelBuilder, nameof(PhotoPupil.PhotoId));
        Child<Hold, Concern>(modelBuilder, nameof(Hold.ConcernId));
        Child<RemovalOrder, PublicationRecord>(modelBuilder, nameof(RemovalOrder.PublicationId));

        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(SnakeCase(property.Name));
                // Instants of creation come from the database's clock unless the operation gives one.
                if (property.ClrType == typeof(DateTimeOffset) && DatabaseGives(property.Name))
                {
                    property.SetDefaultValueSql("now()");
                    property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.OnAdd;
                }
                else if (property.ClrType == typeof(Guid) && property.IsPrimaryKey())
                {
                    property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
                }
            }
        }
    }

    /// <summary>Columns whose default is the database's now(), so that no node's clock enters a record (law 8).</summary>
    private static bool DatabaseGives(string property) => property is
        "CreatedAt" or "RecordedAt" or "InvalidatedAt" or "PlacedAt" or "EnrolledAt" or "DecidedAt" or "ReceivedAt"
        or "TaggedAt" or "RegisteredAt" or "RaisedAt" or "PublishedAt" or "OpenedAt" or "IssuedAt" or "StartedAt"
        or "ToldAt" or "At" or "SeenAt" or "DueAt" or "AskedAt" or "BuiltAt" or "MadeAt" or "ProvedAt" or "LinkedAt";

    private static void Child<TChild, TParent>(ModelBuilder model, string key) where TChild : class where TParent : class =>
        model.Entity<TChild>().HasOne<TParent>().WithMany().HasForeignKey(key).OnDelete(DeleteBehavior.NoAction);

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }

    private static void Word<T>(ModelConfigurationBuilder configuration) where T : struct, Enum
    {
        configuration.Properties<T>().HaveConversion<WordConverter<T>>();
        configuration.Properties<T[]>().HaveConversion<WordsConverter<T>, WordsComparer<T>>();
    }
}
